import type { ThreadAnswer, ThreadList } from '../model/wire';
import type { Request } from './request';

/** ThreadsApi is the part of REST about followed threads. Every call rejects with a Failure. */
export type ThreadsApi = ReturnType<typeof createThreadsApi>;

export function createThreadsApi(request: Request) {
  return {
    /** Returns a page of the threads that I follow, those with the latest replies first. */
    list: (after?: string, signal?: AbortSignal) =>
      request<ThreadList>('GET', '/threads', { query: { after }, signal }),
    /** Tells whether I follow a thread. */
    get: (room: number, root: number) => request<ThreadAnswer>('GET', `/threads/${room}/${root}`),
  };
}
