// The service worker: everything that happens while no page of ours is open, or no network.
import { keepAnswers, type OfflineScope } from './offline';
import { handlePushes } from './push';
import type { WorkerScope } from './scope';
import { keepShell, type ShellScope } from './shell';

/** What the build lists (build/worker.ts): the page, and the files that it needs. */
declare const SHELL: string;
declare const FILES: readonly string[];

handlePushes(self as unknown as WorkerScope);
const forget = keepAnswers(self as unknown as OfflineScope);
keepShell(self as unknown as ShellScope, { shell: SHELL, files: [SHELL, ...FILES] }, forget);
