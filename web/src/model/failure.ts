import { m } from '../messages';
import type { EndReason, ErrorInfo, ErrorCode } from './wire';

/**
 * Failure is an error from the server, or means that it could not be reached (`unavailable`). Its
 * message is a sentence for people. docs/PROTOCOL.md, section 1.
 */
export class Failure extends Error {
  readonly code: ErrorCode;
  /** The invalid input, if any. */
  readonly field: string | undefined;
  /** Seconds until a retry makes sense, if known. */
  readonly retryAfter: number | undefined;
  /** Why the session has ended, if there is none any more and the server knows it. */
  readonly reason: EndReason | undefined;

  constructor(body: ErrorInfo, options?: ErrorOptions) {
    super(body.message, options);
    this.name = 'Failure';
    this.code = body.code;
    this.field = body.field;
    this.retryAfter = body.retryAfter;
    this.reason = body.reason;
  }

  /** isPassing reports whether the same call may succeed later. */
  get isPassing(): boolean {
    return this.code === 'unavailable' || this.code === 'rate_limited';
  }
}

/** unreachable returns the failure of a call that got no answer. */
export function unreachable(cause?: unknown): Failure {
  return new Failure({ code: 'unavailable', message: m.failures.unreachable() }, { cause });
}

/** failureFrom converts anything thrown to a Failure. */
export function failureFrom(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure({ code: 'internal', message: m.failures.somethingWrong() }, { cause: thrown });
}
