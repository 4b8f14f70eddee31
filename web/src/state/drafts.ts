/**
 * Where texts are stored: `localStorage` is shared by all tabs, `sessionStorage` belongs to one
 * tab.
 */
export interface DraftStorage {
  readonly shared: Storage | undefined;
  readonly own: Storage | undefined;
}

/** DraftEvents announces what other tabs have written to the shared storage. */
export interface DraftEvents {
  addEventListener(type: 'storage', listener: (event: StorageEvent) => void): void;
}

/** An edit of a message that has not been saved. */
export interface UnsavedEdit {
  readonly seq: number;
  readonly text: string;
}

interface Own {
  readonly text: string;
  /** Unix milliseconds of the last change. */
  readonly at: number;
}

/** Where a text is written: a room, or `room/root` for a thread. */
export type DraftPlace = number | string;

type SentListener = (text: string) => void;

/**
 * Drafts keeps unsent texts, per user and room, through room changes, reloads and log-outs.
 *
 * Each tab has its own text for a room, so no tab can overwrite or clear another's. The shared
 * storage has the text written last, with which a new tab begins. A text that one tab has sent is
 * removed wherever it is unchanged: running tabs notice through a storage event, and all others
 * compare their text with the one sent last.
 */
export class Drafts {
  readonly #storage: DraftStorage;
  readonly #owner: () => number | undefined;
  readonly #now: () => number;
  readonly #listeners = new Map<string, Set<SentListener>>();

  constructor(
    storage: DraftStorage,
    owner: () => number | undefined,
    events?: DraftEvents,
    now: () => number = Date.now,
  ) {
    this.#storage = storage;
    this.#owner = owner;
    this.#now = now;
    events?.addEventListener('storage', (event) => {
      this.#noteChange(event);
    });
  }

  /** get returns the room's draft, or "". */
  get(room: DraftPlace): string {
    const own = this.#own(room);
    if (own === undefined) return this.#read(this.#storage.shared, this.#key('draft', room)) ?? '';
    const sent = this.#sent(room);
    return sent && sent.at >= own.at && sent.text === own.text ? '' : own.text;
  }

  /** set stores the room's draft. */
  set(room: DraftPlace, text: string): void {
    const before = this.#own(room)?.text;
    if (before === text) return;
    this.#write(this.#storage.own, this.#key('draft', room), toJson(text, this.#now()));
    const key = this.#key('draft', room);
    // Clearing a text removes only this text from the shared storage, not another tab's.
    if (text) this.#write(this.#storage.shared, key, text);
    else if (this.#read(this.#storage.shared, key) === before)
      this.#remove(this.#storage.shared, key);
  }

  /**
   * sent records that this tab has sent the text to the room: it is no longer a draft anywhere.
   */
  sent(room: DraftPlace, text: string): void {
    this.#write(this.#storage.shared, this.#key('sent', room), toJson(text, this.#now()));
    this.#write(this.#storage.own, this.#key('draft', room), toJson('', this.#now()));
    const key = this.#key('draft', room);
    if (this.#read(this.#storage.shared, key) === text) this.#remove(this.#storage.shared, key);
  }

  /**
   * onSent calls the listener with each text that another tab has sent to the room, until the
   * returned function is called.
   */
  onSent(room: DraftPlace, listener: SentListener): () => void {
    const listeners = this.#listeners.get(`${room}`) ?? new Set();
    this.#listeners.set(`${room}`, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(`${room}`);
    };
  }

  /** edit returns the unsaved edit of a message in the room, or undefined. */
  edit(room: number): UnsavedEdit | undefined {
    const value = this.#read(this.#storage.own, this.#key('edit', room));
    return value === undefined ? undefined : fromJson<UnsavedEdit>(value);
  }

  /** setEdit stores an unsaved edit of this tab; undefined removes it. */
  setEdit(room: number, edit: UnsavedEdit | undefined): void {
    const key = this.#key('edit', room);
    if (edit) this.#write(this.#storage.own, key, JSON.stringify(edit));
    else this.#remove(this.#storage.own, key);
  }

  #own(room: DraftPlace): Own | undefined {
    const value = this.#read(this.#storage.own, this.#key('draft', room));
    return value === undefined ? undefined : fromJson<Own>(value);
  }

  #sent(room: DraftPlace): Own | undefined {
    const value = this.#read(this.#storage.shared, this.#key('sent', room));
    return value === undefined ? undefined : fromJson<Own>(value);
  }

  #noteChange({ key, newValue }: StorageEvent): void {
    const owner = this.#owner();
    const [, what, user, room = ''] = /^partychat:(draft|sent):(\d+):(.+)$/.exec(key ?? '') ?? [];
    if (Number(user) !== owner) return;
    if (what === 'sent' && newValue) {
      const text = fromJson<Own>(newValue)?.text;
      if (text !== undefined)
        for (const listener of this.#listeners.get(room) ?? []) listener(text);
    } else if (what === 'draft' && newValue === null) {
      // Another tab has removed its own text: new tabs now begin with this tab's.
      const text = this.get(room);
      if (text) this.#write(this.#storage.shared, this.#key('draft', room), text);
    }
  }

  #key(what: 'draft' | 'sent' | 'edit', room: DraftPlace): string | undefined {
    const owner = this.#owner();
    return owner === undefined ? undefined : `partychat:${what}:${owner}:${room}`;
  }

  #read(storage: Storage | undefined, key: string | undefined): string | undefined {
    return (key === undefined ? undefined : storage?.getItem(key)) ?? undefined;
  }

  #write(storage: Storage | undefined, key: string | undefined, value: string): void {
    if (key === undefined) return;
    try {
      storage?.setItem(key, value);
    } catch {
      // If the storage is full, the draft is lost only after a reload.
    }
  }

  #remove(storage: Storage | undefined, key: string | undefined): void {
    if (key !== undefined) storage?.removeItem(key);
  }
}

function toJson(text: string, at: number): string {
  return JSON.stringify({ text, at } satisfies Own);
}

/** Unreadable values were written by something else, and are ignored. */
function fromJson<T>(value: string): T | undefined {
  try {
    return JSON.parse(value) as T;
  } catch {
    return undefined;
  }
}
