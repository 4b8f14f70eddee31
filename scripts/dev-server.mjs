// Builds the server and runs it until told to stop; scripts/dev starts this anew on every change.
import { spawn, spawnSync } from 'node:child_process';

const { status } = spawnSync('go', ['build', '-o', 'bin/partychat-dev', './cmd/partychat'], { stdio: 'inherit' });
if (status === 0) {
  const server = spawn('bin/partychat-dev', ['serve'], { stdio: 'inherit' });
  process.on('SIGTERM', () => server.kill('SIGTERM'));
  server.on('exit', () => process.exit());
}
