import type { Api, Credentials, NewAccount } from '../api';
import { failureFrom } from '../model/failure';
import type { EndReason, User } from '../model/wire';

/**
 * SessionStatus is `unknown` until the server has said who is here. `lapsed`: it
 * has run out while somebody was here, who may go on after logging in again.
 */
export type SessionStatus = 'unknown' | 'signed-in' | 'lapsed' | 'signed-out';

/** SessionHooks are called after the status has changed. */
export interface SessionHooks {
  /** `before` is who was here until now, unless nobody was. */
  onStart: (user: User, before: User | undefined) => void;
  onLapse: () => void;
  onEnd: () => void;
}

/** Session says who is signed in. */
export class Session {
  readonly #api: Api;
  readonly #hooks: SessionHooks;
  #status = $state<SessionStatus>('unknown');
  #user = $state.raw<User>();
  #endReason = $state<EndReason>();
  /** Whether anybody has been signed in on this page. */
  #wasHere = false;
  /** Whether the account was made on this page. */
  isNew = $state(false);

  constructor(api: Api, hooks: SessionHooks) {
    this.#api = api;
    this.#hooks = hooks;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  /** Who is signed in, or was until the session lapsed; undefined otherwise. */
  get user(): User | undefined {
    return this.#user;
  }

  /**
   * Whether somebody signed out may come back to the place on the screen: not after a log-out, when
   * it is nobody else's business where one was.
   */
  get maySeePlace(): boolean {
    return !this.#wasHere || this.#endReason === 'expired';
  }

  /** Why the session ended, if it did so without this page asking for it. */
  get endReason(): EndReason | undefined {
    return this.#endReason;
  }

  /**
   * load asks who is here. It rejects with a Failure if the server cannot say;
   * that nobody is signed in is an answer.
   */
  async load(): Promise<void> {
    try {
      this.#start(await this.#api.session.current());
    } catch (thrown) {
      const failure = failureFrom(thrown);
      if (failure.code !== 'unauthenticated') throw failure;
      if (this.#status !== 'lapsed') this.#signOut(this.#user && 'expired');
    }
  }

  /** signUp makes an account and signs in, or rejects with a Failure. */
  async signUp(credentials: NewAccount): Promise<void> {
    this.isNew = true;
    this.#start(await this.#api.users.signUp(credentials));
  }

  /** logIn signs in, or rejects with a Failure. */
  async logIn(credentials: Credentials): Promise<void> {
    this.#start(await this.#api.session.logIn(credentials));
  }

  /** logOut ends the session on the server and here, or rejects with a Failure. */
  async logOut(): Promise<void> {
    try {
      await this.#api.session.logOut();
    } catch (thrown) {
      const failure = failureFrom(thrown);
      if (failure.code !== 'unauthenticated') throw failure;
    }
    this.#signOut(undefined);
  }

  /** end notes that the server has ended the session. */
  end(reason: EndReason): void {
    if (this.#status !== 'signed-in') return;
    // A guest has no password to come back with.
    if (reason !== 'expired' || this.#user?.kind === 'guest') {
      this.#signOut(reason);
      return;
    }
    this.#status = 'lapsed';
    this.#hooks.onLapse();
  }

  /**
   * doubt notes that nothing was heard for a while, as in a page that the browser had put aside: who
   * is here is unknown until load has asked.
   */
  doubt(): void {
    if (this.#status === 'signed-in') this.#status = 'unknown';
  }

  /** leave gives up a session that has lapsed. */
  leave(): void {
    if (this.#status === 'lapsed') this.#signOut('expired');
  }

  /**
   * meet notes whom the connection is for: another tab may have logged in as
   * somebody else, or may have made a member of a guest; an operator may have made an admin.
   */
  meet(user: User): void {
    if (this.#status !== 'signed-in') return;
    if (this.#user?.id !== user.id) this.#start(user);
    else if (this.#user.kind !== user.kind || this.#user.role !== user.role) this.#user = user;
  }

  #start(user: User): void {
    const before = this.#user;
    this.#user = user;
    this.#wasHere = true;
    this.#status = 'signed-in';
    this.#endReason = undefined;
    this.#hooks.onStart(user, before);
  }

  #signOut(reason: EndReason | undefined): void {
    this.#user = undefined;
    this.isNew = false;
    this.#status = 'signed-out';
    this.#endReason = reason;
    this.#hooks.onEnd();
  }
}
