import type { FullConfig, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Characters, for all reasons together: what is left of an output of which only the end is kept. */
const most = 1_200;

/** Says at the very end of the output, in a line each, why tests have failed. */
export default class Reasons implements Reporter {
  #suite!: Suite;
  readonly #others: TestError[] = [];

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  /** Notes what has failed outside of any test. */
  onError(error: TestError): void {
    this.#others.push(error);
  }

  onEnd(): void {
    const tests = this.#suite.allTests();
    const failed = tests.filter((test) => test.outcome() === 'unexpected');
    const all = [
      ...failed.map(told),
      ...this.#others.map((error) => `outside of a test: ${reasonOf(error)}`),
    ];
    if (all.length === 0) return;
    console.log('\nReasons:');
    for (const line of all) console.log(`  ${line.slice(0, Math.max(80, most / all.length))}`);
    console.log(`${failed.length} of ${tests.length} failed`);
  }
}

/** Where the test is, in which of its lines it has failed, and why. */
function told({ location: { file, line }, results }: TestCase): string {
  const errors = results.at(-1)?.errors ?? [];
  const stack = errors.map((error) => error.stack).join('\n');
  const failedAt = stack.split(`${file}:`)[1]?.match(/^\d+/)?.[0] ?? '?';
  return `${relative(process.cwd(), file)}:${line}, line ${failedAt}: ${errors.map(reasonOf).join(' ')}`;
}

function reasonOf({ message, value }: TestError): string {
  return stripVTControlCharacters(message ?? value ?? '').replace(/\s+/g, ' ');
}
