import { m } from '../messages';
import { Failure, unreachable } from '../model/failure';
import type { EndReason, ErrorInfo, ErrorCode } from '../model/wire';

const base = '/api/v1';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Query = Record<string, string | number | undefined>;

/** RequestOptions are the parts of a call beside its method and path. */
export interface RequestOptions {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Request calls a path below /api/v1 and returns the JSON answer, or throws a Failure. */
export type Request = <T>(method: Method, path: string, options?: RequestOptions) => Promise<T>;

/**
 * makeRequest creates a Request on a fetch function. It reports each answer with the code
 * `unauthenticated`, and its reason.
 */
export function makeRequest(
  fetcher: typeof fetch,
  onUnauthenticated: (reason?: EndReason) => void,
): Request {
  return async <T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> => {
    const init: RequestInit = { method, credentials: 'same-origin' };
    if (options.signal) init.signal = options.signal;
    if (options.body !== undefined) {
      init.body = JSON.stringify(options.body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    let response: Response;
    try {
      response = await fetcher(base + path + queryString(options.query), init);
    } catch (thrown) {
      if (options.signal?.aborted) throw thrown;
      throw unreachable(thrown);
    }
    if (!response.ok) {
      const failure = await failureOf(response);
      if (failure.code === 'unauthenticated') onUnauthenticated(failure.reason);
      throw failure;
    }
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch (thrown) {
      if (options.signal?.aborted) throw thrown;
      throw unreachable(thrown);
    }
  };
}

function queryString(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text && `?${text}`;
}

/** A proxy may answer with its own body: then the status decides. */
async function failureOf(response: Response): Promise<Failure> {
  try {
    const { error } = (await response.json()) as { error: ErrorInfo };
    if (typeof error.code === 'string') return new Failure(error);
  } catch {
    // Not our JSON: use the status.
  }
  return new Failure({
    code: codeOf(response.status),
    message: m.failures.serverBusy(),
  });
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 413:
      return 'too_large';
    case 429:
      return 'rate_limited';
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    default:
      return status < 500 ? 'invalid' : 'internal';
  }
}
