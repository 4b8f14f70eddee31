import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const binary = new URL('../../../bin/partychat', import.meta.url).pathname;
const startWithin = 60_000;

/** A PartyChat server of the test's own: the built binary, on a free port, with its data in a temporary folder. */
export class Server {
  url = '';
  /** Of the pages of --pages, '' without them. */
  pagesUrl = '';
  #process: ChildProcess | undefined;
  readonly #data: string;
  readonly #flags: string[];
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(data: string, flags: string[], environment: NodeJS.ProcessEnv) {
    this.#data = data;
    this.#environment = { ...process.env, ...environment };
    this.#flags = flags;
  }

  /** @param flags of `partychat serve`; without any, one that lets a program fill rooms quickly */
  static async start(
    flags = ['--send-rate', '10000'],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'partychat-test-'));
    const server = new Server(folder, flags, environment);
    await server.#run(0);
    return server;
  }

  /**
   * Ends the process with the signal and starts it again on the same port and data.
   * @param meanwhile what happens while the server does not run
   */
  async restart(signal: NodeJS.Signals, meanwhile?: () => Promise<void>): Promise<void> {
    const port = Number(new URL(this.url).port);
    await this.#end(signal);
    await meanwhile?.();
    await this.#run(port);
  }

  /** Runs a command of the operator's on the same data, such as `user promote ada`. */
  async command(...words: string[]): Promise<void> {
    const child = spawn(binary, [...words, '--data', this.#data], { stdio: 'inherit' });
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`partychat ${words.join(' ')}: status ${status}`);
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#data, { recursive: true });
  }

  async #run(port: number): Promise<void> {
    const child = spawn(
      binary,
      ['serve', '--data', this.#data, '--port', String(port), ...this.#flags],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: this.#environment,
      },
    );
    this.#process = child;
    this.pagesUrl = '';
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const timer = setTimeout(() => child.kill('SIGKILL'), startWithin);
    for await (const line of createInterface(child.stdout)) {
      const address = /https?:\/\/\S+/.exec(line)?.[0].replace(/\/$/, '');
      if (!address) continue;
      if (line.startsWith('Your pages')) this.pagesUrl = address;
      else this.url = address;
      if (this.#flags.includes('--pages') && !this.pagesUrl) continue;
      clearTimeout(timer);
      child.stdout.resume();
      return;
    }
    throw new Error(`the server did not start:\n${log}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}
