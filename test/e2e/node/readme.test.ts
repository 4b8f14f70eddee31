import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Client } from '../support/client.ts';
import { Server } from '../support/server.ts';

test('the bot in the README works as written', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const written = /```js\n(.*?)```/s.exec(readme)?.[1];
  assert.ok(written, 'the README has a bot');
  const server = await Server.start();
  const bot = written.replaceAll('http://localhost:3000', server.url);
  assert.notEqual(bot, written);
  // Beside this file, so that it finds socket.io-client.
  const file = new URL('../echo.generated.mjs', import.meta.url).pathname;
  await writeFile(file, bot);
  const ada = await Client.signUp(server.url, 'ada');
  await ada.connect('websocket');
  try {
    for (const run of ['signs up', 'logs in']) {
      const process = spawn('node', [file], { stdio: 'inherit' });
      while (!(await isMember(ada, 'echo')))
        await new Promise((resolve) => setTimeout(resolve, 50));
      // The bot hears only what is written after it has connected.
      const tries = setInterval(() => void ada.write(1, `echo ${run}`), 200);
      const echo = await ada.hears(run);
      clearInterval(tries);
      assert.equal(echo.author.username, 'echo');
      process.kill();
      await once(process, 'exit');
    }
  } finally {
    ada.socket.close();
    await rm(file);
    await server.stop();
  }
});

async function isMember(client: Client, username: string): Promise<boolean> {
  const { body } = await client.call('GET', '/rooms/1/members');
  return body.members.some((member: any) => member.user.username === username);
}
