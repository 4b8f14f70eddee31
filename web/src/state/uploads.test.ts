import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FilesApi } from '../api/files';
import { Failure } from '../model/failure';
import type { FileMessage, FileShelf, KeptFile, Place } from '../model/files/kept';
import type { Upload } from '../model/wire';
import { Uploads } from './uploads.svelte';

/** A server that keeps what arrives. */
class FakeFiles implements FilesApi {
  readonly uploads = new Map<string, Upload & { clientId: string }>();
  /** Failures of the next calls of append, after so many bytes have arrived. */
  readonly failures: { failure: Failure; after: number }[] = [];
  readonly offsets: number[] = [];

  announce: FilesApi['announce'] = ({ clientId, name, size }) => {
    const id = this.uploads.size + 1;
    const known = this.uploads.get(clientId);
    const upload = known ?? { clientId, id, name, size, type: '', received: 0, ready: false };
    this.uploads.set(clientId, upload);
    return Promise.resolve({ ...upload });
  };

  state: FilesApi['state'] = (id) => Promise.resolve({ ...this.#of(id) });

  append: FilesApi['append'] = (id, offset, bytes) => {
    this.offsets.push(offset);
    const upload = this.#of(id);
    const failing = this.failures.shift();
    upload.received += failing ? failing.after : bytes.size;
    upload.ready = upload.received === upload.size;
    return failing ? Promise.reject(failing.failure) : Promise.resolve({ ...upload });
  };

  cancel: FilesApi['cancel'] = vi.fn(() => Promise.resolve(undefined));
  list: FilesApi['list'] = () => Promise.resolve({ files: [], more: false });

  #of(id: number): Upload & { clientId: string } {
    const upload = [...this.uploads.values()].find((one) => one.id === id);
    if (!upload) throw new Error(`there is no upload ${id}`);
    return upload;
  }
}

/** A shelf that outlives the page. */
function newShelf(): FileShelf & { kept: Map<string, KeptFile> } {
  const kept = new Map<string, KeptFile>();
  return {
    kept,
    take: (owner) => Promise.resolve([...kept.values()].filter((file) => file.owner === owner)),
    put: (file) => {
      kept.set(file.clientId, file);
      return Promise.resolve(true);
    },
    delete: (clientId) => {
      kept.delete(clientId);
      return Promise.resolve();
    },
  };
}

const me = 11;
const place: Place = { room: 7 };
const unreachable = new Failure({ code: 'unavailable', message: 'No answer.' });

function setUp(api = new FakeFiles(), shelf = newShelf()) {
  const send = vi.fn();
  const onUnkept = vi.fn();
  const wake: (() => void)[] = [];
  const uploads = new Uploads({
    api,
    openShelf: () => Promise.resolve(shelf),
    send,
    onUnkept,
    timer: (run) => {
      wake.push(run);
      return () => undefined;
    },
  });
  return { api, shelf, send, onUnkept, uploads, wake };
}

const file = (name: string, size = 5) => new File(['x'.repeat(size)], name);

beforeEach(() => {
  vi.stubGlobal(
    'URL',
    Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }),
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('sends the files of a message once all have arrived, in the order chosen', async () => {
  const { uploads, send, shelf } = setUp();
  await uploads.open(me);
  await uploads.add(me, place, [file('a'), file('b')]);
  await uploads.send(place, { caption: 'look' });
  await vi.waitFor(() => {
    expect(send).toHaveBeenCalledOnce();
  });
  const [to, message, files] = send.mock.lastCall as [Place, FileMessage, { name: string }[]];
  expect([to, message.caption, files.map(({ name }) => name)]).toEqual([place, 'look', ['a', 'b']]);
  expect(uploads.chosen(place)).toEqual([]);
  await vi.waitFor(() => {
    expect(shelf.kept.size).toBe(0);
  });
});

it('keeps the files of a thread apart from those of its room', async () => {
  const { uploads, send, shelf } = setUp();
  const thread: Place = { ...place, thread: 3 };
  await uploads.open(me);
  await uploads.add(me, place, [file('a')]);
  await uploads.add(me, thread, [file('b')]);
  expect([...shelf.kept.values()].map(({ thread }) => thread)).toEqual([undefined, 3]);
  const names = (at: Place) => uploads.chosen(at).map(({ kept }) => kept.name);
  expect([names(place), names(thread)]).toEqual([['a'], ['b']]);
  await uploads.send(thread, { caption: 'look', replyTo: 5, inRoom: true });
  await vi.waitFor(() => {
    expect(send).toHaveBeenCalledOnce();
  });
  const [to, message, files] = send.mock.lastCall as [Place, FileMessage, { name: string }[]];
  expect(to).toEqual(thread);
  expect(message).toMatchObject({ caption: 'look', replyTo: 5, inRoom: true });
  expect(files.map(({ name }) => name)).toEqual(['b']);
  expect(names(place)).toEqual(['a']);
});

it('goes on where an upload broke off, when it is woken', async () => {
  const api = new FakeFiles();
  api.failures.push({ failure: unreachable, after: 2 });
  const { uploads, wake } = setUp(api);
  await uploads.open(me);
  await uploads.add(me, place, [file('a')]);
  await vi.waitFor(() => {
    expect(wake).toHaveLength(1);
  });
  expect(uploads.chosen(place)[0]?.state).toBe('waiting');
  wake[0]?.();
  await vi.waitFor(() => {
    expect(uploads.chosen(place)[0]?.state).toBe('ready');
  });
  expect(api.offsets).toEqual([0, 2]);
});

it('sends after a reload what was to be sent before, with the same clientId', async () => {
  const api = new FakeFiles();
  api.failures.push({ failure: unreachable, after: 3 });
  const before = setUp(api);
  await before.uploads.open(me);
  await before.uploads.add(me, place, [file('a')]);
  await before.uploads.send(place, { caption: 'look' });
  const clientId = [...before.shelf.kept.values()][0]?.message?.clientId;
  expect(clientId).toBeDefined();
  const after = setUp(api, before.shelf);
  await after.uploads.open(me);
  await vi.waitFor(() => {
    expect(after.send).toHaveBeenCalledWith(
      place,
      { clientId, caption: 'look' },
      expect.anything(),
    );
  });
  expect(before.send).not.toHaveBeenCalled();
  expect(api.offsets).toEqual([0, 3]);
});

it('says why a file is refused, and uploads it again when asked to', async () => {
  const api = new FakeFiles();
  api.failures.push({
    failure: new Failure({ code: 'forbidden', message: 'Not this one.' }),
    after: 0,
  });
  const { uploads } = setUp(api);
  await uploads.open(me);
  await uploads.add(me, place, [file('a'), file('b')]);
  await vi.waitFor(() => {
    expect(uploads.chosen(place).map(({ state }) => state)).toEqual(['failed', 'ready']);
  });
  const [refused] = uploads.chosen(place);
  expect(refused?.reason).toBe('Not this one.');
  if (refused) uploads.retry(refused);
  await vi.waitFor(() => {
    expect(uploads.chosen(place).map(({ state }) => state)).toEqual(['ready', 'ready']);
  });
});

it('sends smaller pieces if a proxy accepts no larger ones', async () => {
  const api = new FakeFiles();
  api.failures.push({
    failure: new Failure({ code: 'too_large', message: 'Too large.' }),
    after: 0,
  });
  const { uploads } = setUp(api);
  await uploads.open(me);
  await uploads.add(me, place, [file('a', 900_000)]);
  await vi.waitFor(() => {
    expect(uploads.chosen(place)[0]?.state).toBe('ready');
  });
  expect(api.offsets).toEqual([0, 0, 500_000]);
});

it('cancels a file that is removed, also on the server', async () => {
  const { uploads, api, shelf } = setUp();
  await uploads.open(me);
  await uploads.add(me, place, [file('a')]);
  await vi.waitFor(() => {
    expect(uploads.chosen(place)[0]?.state).toBe('ready');
  });
  const [chosen] = uploads.chosen(place);
  if (chosen) uploads.remove(chosen);
  expect(uploads.chosen(place)).toEqual([]);
  expect(api.cancel).toHaveBeenCalledExactlyOnceWith(1);
  await vi.waitFor(() => {
    expect(shelf.kept.size).toBe(0);
  });
});
