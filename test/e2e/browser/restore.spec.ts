import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';

test('after a backup was restored, open pages show what it has and what is said since', async ({
  server,
  person,
  program,
}) => {
  const mona = await program('mona');
  const ada = await person('ada');
  await ada.arrive();
  await ada.openMain();
  await mona.write(1, 'before the backup');
  await expect(ada.message('before the backup')).toBeVisible();
  const folder = await mkdtemp(join(tmpdir(), 'partychat-backup-'));
  const backup = join(folder, 'backup.db');
  await server.command('backup', backup);
  for (const body of ['lost one', 'lost two']) await mona.write(1, body);
  await expect(ada.message('lost two')).toBeVisible();
  await ada.composer.fill('a draft');

  await ada.page.context().setOffline(true);
  await server.restart('SIGTERM', () => server.command('restore', backup));
  // Now the revs that the page knows are taken by other messages.
  for (const body of ['new one', 'new two', 'new three']) await mona.post(1, body);
  await ada.page.context().setOffline(false);

  for (const body of ['before the backup', 'new one', 'new two', 'new three'])
    await expect(ada.message(body)).toBeVisible();
  await expect(ada.message('lost one')).toHaveCount(0);
  await expect(ada.message('lost two')).toHaveCount(0);
  await expect(ada.composer).toHaveValue('a draft');
  await rm(folder, { recursive: true });
});
