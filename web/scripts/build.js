// Builds the client in each language of messages/: the page of English is index.html, and that of
// another language is index.LANGUAGE.html. Files that come out the same are there once.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const base = 'en';
const root = new URL('../', import.meta.url);
const vite = fileURLToPath(new URL('node_modules/vite/bin/vite.js', root));
const translations = readdirSync(new URL('messages/', root))
  .map((name) => name.replace(/\.json$/, ''))
  .filter((name) => name !== base);

for (const language of [base, ...translations]) {
  const { status } = spawnSync(process.execPath, [vite, 'build'], {
    cwd: fileURLToPath(root),
    env: { ...process.env, MESSAGES: language },
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
