// Builds the server and runs it until stopped; scripts/dev restarts this script on
// every change.
import { spawn, spawnSync } from 'node:child_process';

const { status } = spawnSync('go', ['build', '-o', 'bin/partychat-dev', './cmd/partychat'], { stdio: 'inherit' });
if (status === 0) {
  const server = spawn('bin/partychat-dev', ['serve'], { stdio: 'inherit' });
  process.on('SIGTERM', () => server.kill('SIGTERM'));
  server.on('exit', () => process.exit());
}
