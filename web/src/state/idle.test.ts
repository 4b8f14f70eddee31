import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerEvents } from '../model/wire';
import { FakeLink } from '../testing/fakes';
import { ManualTimer } from '../testing/timer';
import { Idle } from './idle';

let link: FakeLink;
let time: ManualTimer;
let changes: boolean[];

function open(): Idle {
  link = new FakeLink();
  link.command = vi.fn(() => Promise.reject<never>(new Error('no connection')));
  time = new ManualTimer();
  changes = [];
  return new Idle(link, (isAway) => changes.push(isAway), time.timer);
}

/** The states sent to the server. */
const told = () =>
  (link.command.mock.calls as unknown as [string, { state: string }][]).map(
    ([command, { state }]) => `${command} ${state}`,
  );

function hide(isHidden: boolean): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(isHidden ? 'hidden' : 'visible');
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a tab', () => {
  it('is in use at first, and says nothing of it', () => {
    const idle = open();
    expect(idle.isAway).toBe(false);
    expect(time.waits).toEqual([600_000]);
    expect(told()).toEqual([]);
  });

  it('is away after ten minutes in which nobody has used it', () => {
    const idle = open();
    time.fire();
    expect(idle.isAway).toBe(true);
    expect(changes).toEqual([true]);
    expect(told()).toEqual(['presence:set away']);
  });

  it.each(['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'])(
    'is in use again with a %s',
    (sign) => {
      const idle = open();
      time.fire();
      window.dispatchEvent(new Event(sign));
      expect(idle.isAway).toBe(false);
      expect(told()).toEqual(['presence:set away', 'presence:set online']);
      expect(time.waits, 'and the ten minutes begin anew').toEqual([600_000]);
    },
  );

  it('counts the ten minutes from the last sign, to the second', () => {
    open();
    const started = vi.fn(time.timer);
    const idle = new Idle(link, () => undefined, started);
    window.dispatchEvent(new Event('pointermove'));
    expect(started, 'a pointer that moves is not counted a hundred times').toHaveBeenCalledOnce();
    vi.setSystemTime(Date.now() + 1_000);
    window.dispatchEvent(new Event('pointermove'));
    expect(started).toHaveBeenCalledTimes(2);
    expect(idle.isAway).toBe(false);
  });

  it('that is hidden is not in use, whatever happens in it', () => {
    const idle = open();
    hide(true);
    vi.setSystemTime(Date.now() + 5_000);
    window.dispatchEvent(new Event('pointermove'));
    expect(time.waits, 'the first ten minutes go on').toEqual([600_000]);
    time.fire();
    expect(idle.isAway).toBe(true);
    window.dispatchEvent(new Event('focus'));
    expect(idle.isAway).toBe(true);
    hide(false);
    expect(idle.isAway).toBe(false);
  });

  it('says that it is away once more when the connection is another', () => {
    open();
    link.arrive('ready', {} as ServerEvents['ready']);
    expect(told()).toEqual([]);
    time.fire();
    link.arrive('ready', {} as ServerEvents['ready']);
    expect(told()).toEqual(['presence:set away', 'presence:set away']);
  });
});
