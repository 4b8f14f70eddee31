import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const root = new URL('../../..', import.meta.url).pathname;

/** Two nodes of one PartyChat server, on a PostgreSQL and a Redis of their own. */
export class Nodes {
  readonly urls: string[];
  /** Of the front ends that they serve, '' without any. */
  readonly pages: string[];
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, { urls, pages }: { urls: string[]; pages: string[] }) {
    this.#process = process;
    this.urls = urls;
    this.pages = pages;
  }

  /** @param settings of both nodes, as environment variables */
  static async start(...settings: string[]): Promise<Nodes> {
    const child = spawn('go', ['run', './test/e2e/nodes', ...settings], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      child.stdout.resume();
      return new Nodes(child, JSON.parse(line));
    }
    throw new Error('the nodes did not start');
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await ended;
  }
}
