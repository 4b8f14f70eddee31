import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../model/failure';
import { createApi } from '.';
import { createPeopleApi } from './people';

function answering(status: number, body: string | object | null, seen = vi.fn()) {
  const text = typeof body === 'string' || body === null ? body : JSON.stringify(body);
  return createApi((...call) => {
    seen(...call);
    return Promise.resolve(new Response(text, { status }));
  });
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Failure);
  return thrown as Failure;
}

describe('calls', () => {
  it('go to their path with their parameters, and leave out what is not given', async () => {
    const seen = vi.fn();
    const api = answering(200, { messages: [], seq: 0, rev: 0, more: false }, seen);
    await api.rooms.messages(7, { before: 120, limit: 50 });
    await api.rooms.messages(7);
    expect(seen.mock.calls.map(([path]) => path as string)).toEqual([
      '/api/v1/rooms/7/messages?before=120&limit=50',
      '/api/v1/rooms/7/messages',
    ]);
  });

  it('carry their body as JSON', async () => {
    const seen = vi.fn();
    const api = createPeopleApi(answering(201, { subscription: { id: 7 } }, seen).request);
    expect(await api.rooms.create({ name: 'lake', topic: '' })).toEqual({ id: 7 });
    expect(seen).toHaveBeenCalledWith(
      '/api/v1/rooms',
      expect.objectContaining({
        method: 'POST',
        body: '{"name":"lake","topic":""}',
        headers: { 'Content-Type': 'application/json' },
      }),
    );
  });

  it('may have no answer but success', async () => {
    expect(await answering(204, null).session.logOut()).toBeUndefined();
  });
});

describe('failures', () => {
  it('say what the server says', async () => {
    const error = { code: 'taken', message: 'This name is taken.', field: 'username' };
    const api = answering(409, { error });
    const failure = await failureOf(api.users.signUp({ username: 'ada', password: 'x' }));
    expect(failure).toMatchObject(error);
    expect(failure.isPassing).toBe(false);
  });

  it.each([
    [502, '<html>Bad gateway</html>', 'unavailable'],
    [503, '', 'unavailable'],
    [500, 'oops', 'internal'],
    [404, '{"error": "not found"}', 'not_found'],
    [429, 'null', 'rate_limited'],
  ])('of status %i without our JSON, %o, become %s', async (status, body, code) => {
    expect((await failureOf(answering(status, body).subscriptions.list())).code).toBe(code);
  });

  it('of the network are passing', async () => {
    const api = createApi(() => Promise.reject(new TypeError('Failed to fetch')));
    const failure = await failureOf(api.subscriptions.list());
    expect(failure.code).toBe('unavailable');
    expect(failure.isPassing).toBe(true);
  });

  it('of an aborted call are what aborted it', async () => {
    const controller = new AbortController();
    controller.abort();
    const aborting = () => Promise.reject(new DOMException('aborted', 'AbortError'));
    const api = createPeopleApi(createApi(aborting).request);
    await expect(api.rooms.search('x', { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('without a session are reported to listeners', async () => {
    const error = { code: 'unauthenticated', message: 'Log in.' };
    const api = answering(401, { error });
    const listener = vi.fn();
    api.onUnauthenticated(listener);
    await failureOf(api.subscriptions.list());
    expect(listener).toHaveBeenCalledOnce();
  });
});
