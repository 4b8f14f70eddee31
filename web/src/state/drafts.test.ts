import { beforeEach, describe, expect, it } from 'vitest';
import { type DraftEvents, Drafts } from './drafts';

interface Tab {
  listeners: ((event: StorageEvent) => void)[];
}

/** A browser with tabs that share one storage. */
class Browser {
  readonly #values = new Map<string, string>();
  readonly #tabs: Tab[] = [];
  now = 1_000;

  /** Opens a tab; `own` is the content of its session storage after a reload. */
  open(own: Storage = memory()): { drafts: Drafts; own: Storage; close: () => void } {
    const tab: Tab = { listeners: [] };
    const events: DraftEvents = {
      addEventListener: (_type, listener) => tab.listeners.push(listener),
    };
    this.#tabs.push(tab);
    const shared = this.#sharedBy(tab);
    const drafts = new Drafts(
      { shared, own },
      () => 11,
      events,
      () => this.now++,
    );
    const close = () => {
      this.#tabs.splice(this.#tabs.indexOf(tab), 1);
    };
    return { drafts, own, close };
  }

  #sharedBy(self: Tab): Storage {
    const told = (key: string, newValue: string | null) => {
      for (const tab of this.#tabs) {
        if (tab !== self)
          for (const listener of tab.listeners) listener({ key, newValue } as StorageEvent);
      }
    };
    return memory(this.#values, told);
  }
}

function memory(
  values = new Map<string, string>(),
  told?: (key: string, value: string | null) => void,
) {
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => {
      values.set(key, value);
      told?.(key, value);
    },
    removeItem: (key: string) => {
      if (values.delete(key)) told?.(key, null);
    },
  } as Storage;
}

let browser: Browser;
beforeEach(() => (browser = new Browser()));

describe('a draft', () => {
  it('is there after a reload and in a new tab', () => {
    const tab = browser.open();
    tab.drafts.set(7, 'half a thought');
    tab.close();
    expect(browser.open(tab.own).drafts.get(7)).toBe('half a thought');
    expect(browser.open().drafts.get(7)).toBe('half a thought');
    expect(browser.open().drafts.get(8)).toBe('');
  });

  it('is nowhere once it was sent, not even in a tab that slept', () => {
    const one = browser.open();
    one.drafts.set(7, 'sent once');
    const awake = browser.open();
    awake.drafts.set(7, awake.drafts.get(7));
    const asleep = browser.open();
    asleep.drafts.set(7, asleep.drafts.get(7));
    asleep.close();
    const heard: string[] = [];
    awake.drafts.onSent(7, (text) => heard.push(text));
    one.drafts.sent(7, 'sent once');
    expect(heard).toEqual(['sent once']);
    expect(awake.drafts.get(7)).toBe('');
    expect(browser.open(asleep.own).drafts.get(7)).toBe('');
    expect(one.drafts.get(7)).toBe('');
    expect(browser.open().drafts.get(7)).toBe('');
  });

  it('may be the same words again later', () => {
    const { drafts } = browser.open();
    drafts.set(7, 'yes');
    drafts.sent(7, 'yes');
    drafts.set(7, 'yes');
    expect(drafts.get(7)).toBe('yes');
  });

  it('stays in its tab whatever another tab writes, sends and clears', () => {
    const one = browser.open();
    const other = browser.open();
    one.drafts.set(7, 'a long text that took an hour');
    other.drafts.set(7, 'ok');
    other.drafts.sent(7, 'ok');
    other.drafts.set(7, '');
    expect(one.drafts.get(7)).toBe('a long text that took an hour');
    one.close();
    expect(browser.open(one.own).drafts.get(7)).toBe('a long text that took an hour');
  });

  it('of the tab that is left is the one that a new tab begins with', () => {
    const one = browser.open();
    const other = browser.open();
    one.drafts.set(7, 'a long text');
    other.drafts.set(7, 'ok');
    other.drafts.sent(7, 'ok');
    expect(browser.open().drafts.get(7)).toBe('a long text');
  });

  it('that was adopted and cleared does not come back to that tab', () => {
    browser.open().drafts.set(7, 'from the other tab');
    const { drafts } = browser.open();
    drafts.set(7, drafts.get(7));
    drafts.set(7, '');
    expect(drafts.get(7)).toBe('');
  });

  it('is lost alone when the storage is full or broken', () => {
    const full = {
      getItem: () => 'not json',
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
      removeItem: () => undefined,
    } as unknown as Storage;
    const drafts = new Drafts({ shared: full, own: full }, () => 11);
    drafts.set(7, 'hello');
    expect(drafts.get(7)).toBe('not json'); // the shared text is plain; the own one cannot be read
    expect(drafts.edit(7)).toBeUndefined();
  });

  it('belongs to who is signed in', () => {
    const shared = memory();
    let owner: number | undefined = 11;
    const drafts = new Drafts({ shared, own: memory() }, () => owner);
    drafts.set(7, 'mine');
    owner = 12;
    expect(drafts.get(7)).toBe('');
    owner = undefined;
    drafts.set(7, 'nobody’s');
    expect(drafts.get(7)).toBe('');
    owner = 11;
    expect(drafts.get(7)).toBe('mine');
  });
});

describe('an unsaved edit', () => {
  it('is kept per room until it is forgotten', () => {
    const { drafts } = browser.open();
    drafts.setEdit(7, { seq: 3, text: 'better' });
    expect(drafts.edit(7)).toEqual({ seq: 3, text: 'better' });
    expect(drafts.edit(8)).toBeUndefined();
    drafts.setEdit(7, undefined);
    expect(drafts.edit(7)).toBeUndefined();
  });
});
