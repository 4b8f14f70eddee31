import { defineConfig } from '@playwright/test';
import { execFileSync } from 'node:child_process';

/** The system's Chromium, or the one that CHROMIUM names. */
export function chromiumPath(): string {
  for (const name of [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'])
    if (name)
      try {
        return execFileSync('sh', ['-c', `command -v "${name}"`], { encoding: 'utf8' }).trim();
      } catch {
        continue;
      }
  throw new Error(
    'Chromium is missing: install it, or say where it is with CHROMIUM=/path/to/chromium',
  );
}

// Chromium's own sandbox cannot be had as root, and its background look-ups are of no use here.
export const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The tests of what the service worker does. */
const ofWorker = /(offline|push)\.spec\.ts$/;

export default defineConfig({
  testDir: 'browser',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  reporter: [['list'], ['./support/reasons.ts']],
  timeout: 300_000, // three people at once, each at a browser, on a machine with other work
  expect: { timeout: 60_000 },
  // Tests that change answers on the way could not see the requests of a service worker, so only
  // those of the worker have one.
  projects: [
    { name: 'chromium', testIgnore: ofWorker, use: { serviceWorkers: 'block' } },
    { name: 'worker', testMatch: ofWorker },
  ],
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromiumPath(),
      args: launchArguments,
    },
  },
});
