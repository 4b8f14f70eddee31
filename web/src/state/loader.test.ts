import { expect, it, vi } from 'vitest';
import type { ServerEvents } from '../model/wire';
import { FakeLink } from '../testing/fakes';
import { ManualTimer } from '../testing/timer';
import { settled } from '../testing/settled';
import { Loader } from './loader';

it('A part that could not be loaded is tried again after a while', async () => {
  const time = new ManualTimer();
  const loader = new Loader(new FakeLink(), time.timer);
  const load = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new TypeError('bad gateway'))
    .mockResolvedValue('the part');
  const part = loader.get(load);
  await settled();
  expect(time.waits).toEqual([10_000]);
  time.fire();
  expect(await part).toBe('the part');
});

it('A part that could not be loaded comes with a later connection, and only once', async () => {
  const link = new FakeLink();
  const loader = new Loader(link);
  const load = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new TypeError('offline'))
    .mockRejectedValueOnce(new TypeError('offline'))
    .mockResolvedValue('the part');
  const got = vi.fn();
  void loader.get(load).then(got);
  await settled();
  link.arrive('ready', {} as ServerEvents['ready']);
  await settled();
  expect([load.mock.calls.length, got.mock.calls.length]).toEqual([2, 0]);
  link.arrive('ready', {} as ServerEvents['ready']);
  await settled();
  expect(got).toHaveBeenCalledExactlyOnceWith('the part');
  link.arrive('ready', {} as ServerEvents['ready']);
  await settled();
  expect(load).toHaveBeenCalledTimes(3);
});
