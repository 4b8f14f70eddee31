import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { chromiumPath, launchArguments } from '../playwright.config.ts';

interface Reply {
  id?: number;
  result?: any;
  error?: { message: string };
}

/**
 * Chromium as people have it: driven through its own protocol over a pipe, because Playwright switches
 * off the cache from which Back brings out pages whole.
 */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #last = 0;

  private constructor(child: ChildProcess, profile: string) {
    this.#process = child;
    this.#profile = profile;
    let rest = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\0');
      rest = messages.pop() as string;
      for (const message of messages) {
        const reply = JSON.parse(message) as Reply;
        if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
      }
    });
  }

  static async start(): Promise<Chromium> {
    const profile = await mkdtemp(join(tmpdir(), 'partychat-chromium-'));
    const child = spawn(
      chromiumPath(),
      [
        '--headless',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
        '--no-first-run',
        ...launchArguments,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    return new Chromium(child, profile);
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill();
    await gone;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }

  async newTab(): Promise<Tab> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    return new Tab(this, sessionId);
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<any> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      (this.#process.stdio[3] as Writable).write(
        `${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`,
      );
    });
  }
}

/** A tab of Chromium. */
export class Tab {
  readonly #chromium: Chromium;
  readonly #session: string;

  constructor(chromium: Chromium, session: string) {
    this.#chromium = chromium;
    this.#session = session;
  }

  /** goto begins to load the address, as if it had been typed. */
  async goto(url: string): Promise<void> {
    await this.#chromium.send('Page.navigate', { url }, this.#session);
  }

  /** back presses the browser's Back. */
  async back(): Promise<void> {
    const { currentIndex, entries } = await this.#chromium.send(
      'Page.getNavigationHistory',
      {},
      this.#session,
    );
    const entryId = entries[currentIndex - 1].id;
    await this.#chromium.send('Page.navigateToHistoryEntry', { entryId }, this.#session);
  }

  /** run evaluates the expression in the page; undefined while one page gives way to another. */
  async run(expression: string): Promise<any> {
    try {
      const { result } = await this.#chromium.send(
        'Runtime.evaluate',
        { expression, awaitPromise: true, returnByValue: true },
        this.#session,
      );
      return result.value;
    } catch {
      return undefined;
    }
  }
}
