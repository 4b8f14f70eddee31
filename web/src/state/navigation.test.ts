import { beforeEach, describe, expect, it, vi } from 'vitest';
import { settled } from '../testing/settled';
import { Navigation } from './navigation.svelte';

/** A window with its own history, which goes back asynchronously, as browsers do. */
class FakeWindow extends EventTarget {
  isPhone = true;
  entries: { state: unknown; path: string }[];
  at: number;
  readonly setTimeout = window.setTimeout.bind(window);

  constructor(...paths: string[]) {
    super();
    this.entries = paths.map((path) => ({ state: null, path }));
    this.at = paths.length - 1;
  }

  get location() {
    return { pathname: this.entries[this.at]?.path, search: '' };
  }

  readonly history = ((own: FakeWindow) => ({
    get state() {
      return own.entries[own.at]?.state;
    },
    pushState(state: unknown, _: string, path: string) {
      own.entries = [...own.entries.slice(0, own.at + 1), { state, path }];
      own.at += 1;
    },
    replaceState(state: unknown, _: string, path: string) {
      own.entries[own.at] = { state, path };
    },
    back() {
      queueMicrotask(() => {
        own.back();
      });
    },
  }))(this);

  matchMedia() {
    return { matches: !this.isPhone };
  }

  /** back simulates the reader's Back. */
  back(): void {
    this.at -= 1;
    this.dispatchEvent(new Event('popstate'));
  }
}

function open(...paths: string[]) {
  const own = new FakeWindow(...paths);
  const navigation = new Navigation(own as unknown as Window);
  navigation.stack();
  const room = () =>
    navigation.route.page === 'home' ? (navigation.route.room ?? 'list') : navigation.route.page;
  const paths_ = () => own.entries.slice(0, own.at + 1).map(({ path }) => path);
  return { own, navigation, room, paths: paths_ };
}

describe('Back on a phone', () => {
  it('leads to the list, never through earlier rooms', () => {
    const { own, navigation, room, paths } = open('/home');
    for (const path of ['/home/1', '/home/2', '/home/3']) navigation.go(path);
    expect(room()).toBe(3);
    expect(paths()).toEqual(['/home', '/home/3']);
    own.back();
    expect(room()).toBe('list');
  });

  it('leads to the list also from a room that a link has opened', () => {
    const { own, room } = open('https://elsewhere', '/home/7');
    expect(room()).toBe(7);
    own.back();
    expect(room()).toBe('list');
    own.back();
    expect(own.at, 'and from there to where one came from').toBe(0);
  });

  it('closes what is open above, one after another, and stays in the room', async () => {
    const { own, navigation, room } = open('/home');
    navigation.go('/home/1');
    const closed: string[] = [];
    const uncover = ['pane', 'dialog'].map((name) => navigation.cover(() => closed.push(name)));
    own.back();
    uncover[1]?.();
    await settled();
    expect([closed, room()]).toEqual([['dialog'], 1]);
    own.back();
    uncover[0]?.();
    await settled();
    expect([closed, room()]).toEqual([['dialog', 'pane'], 1]);
    own.back();
    expect(room()).toBe('list');
  });

  it('is not used up by what was closed in another way', async () => {
    const { own, navigation, room, paths } = open('/home');
    navigation.go('/home/1');
    navigation.cover(() => undefined)();
    await vi.waitFor(() => {
      expect(paths()).toEqual(['/home', '/home/1']);
    });
    own.back();
    expect(room()).toBe('list');
  });

  it('goes to the list after a dialog has led from one room to another', async () => {
    const { own, navigation, room, paths } = open('/home');
    navigation.go('/home/1');
    const uncover = navigation.cover(() => undefined);
    navigation.go('/home/2');
    uncover();
    await vi.waitFor(() => {
      expect(paths()).toEqual(['/home', '/home/2']);
    });
    expect(room()).toBe(2);
    own.back();
    expect(room()).toBe('list');
  });

  it('is what the button in the page does', async () => {
    const { navigation, room, paths } = open('/home');
    navigation.go('/home/1');
    navigation.go('/home');
    expect(room()).toBe('list');
    await settled();
    expect(paths()).toEqual(['/home']);
  });

  it('does not come to a dialog again that was closed', async () => {
    const { own, navigation, room } = open('/home');
    navigation.go('/home/1');
    navigation.cover(() => undefined)();
    await settled();
    own.at = 2; // forward
    own.dispatchEvent(new Event('popstate'));
    await settled();
    expect([own.at, room()]).toEqual([1, 1]);
  });
});

describe('Back where panes stand beside each other', () => {
  let opened: ReturnType<typeof open>;
  beforeEach(() => {
    opened = open('/home');
    opened.own.isPhone = false;
  });

  it('leads through the rooms', () => {
    const { own, navigation, room } = opened;
    navigation.go('/home/1');
    navigation.go('/home/2');
    own.back();
    expect(room()).toBe(1);
  });
});
