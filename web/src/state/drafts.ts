/**
 * Drafts keeps what has been written and not sent, per user and room, through
 * room changes, reloads and log-outs.
 */
export class Drafts {
  readonly #storage: Storage | undefined;
  readonly #owner: () => number | undefined;

  constructor(storage: Storage | undefined, owner: () => number | undefined) {
    this.#storage = storage;
    this.#owner = owner;
  }

  /** get gives the room's draft, "" if there is none. */
  get(room: number): string {
    const key = this.#key(room);
    return (key && this.#storage?.getItem(key)) ?? '';
  }

  /** set keeps the room's draft; an empty one is forgotten. */
  set(room: number, text: string): void {
    const key = this.#key(room);
    if (!key) return;
    try {
      if (text) this.#storage?.setItem(key, text);
      else this.#storage?.removeItem(key);
    } catch {
      // A full storage costs the draft after a reload, and nothing now.
    }
  }

  #key(room: number): string | undefined {
    const owner = this.#owner();
    return owner === undefined ? undefined : `partychat:draft:${owner}:${room}`;
  }
}
