import type { Api, Credentials, NewAccount } from '../api';
import { failureFrom } from '../model/failure';
import type { EndReason, User } from '../model/wire';

/**
 * SessionStatus is `unknown` until the server has answered. `lapsed`: the session has expired
 * while somebody was here, who can continue after logging in again.
 */
export type SessionStatus = 'unknown' | 'signed-in' | 'lapsed' | 'signed-out';

/** SessionHooks are called after the status has changed. */
export interface SessionHooks {
  /** `before` is the previous user, if there was one. */
  onStart: (user: User, before: User | undefined) => void;
  onLapse: () => void;
  onEnd: () => void;
}

/** Session knows who is signed in. */
export class Session {
  readonly #api: Api;
  readonly #hooks: SessionHooks;
  #status = $state<SessionStatus>('unknown');
  #user = $state.raw<User>();
  #endReason = $state<EndReason>();
  /** Whether anybody has been signed in on this page. */
  #wasHere = false;
  /** Whether the account was created on this page. */
  isNew = $state(false);

  constructor(api: Api, hooks: SessionHooks) {
    this.#api = api;
    this.#hooks = hooks;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  /** The signed-in user, or the user whose session has lapsed; undefined otherwise. */
  get user(): User | undefined {
    return this.#user;
  }

  /**
   * Whether somebody who is signed out may return to the address on screen: not after a log-out,
   * because the address is private.
   */
  get maySeePlace(): boolean {
    return !this.#wasHere || this.#endReason === 'expired';
  }

  /** Why the session ended, if this page did not request it. */
  get endReason(): EndReason | undefined {
    return this.#endReason;
  }

  /**
   * load asks the server who is signed in. It rejects with a Failure if the server cannot answer;
   * that nobody is signed in is an answer.
   */
  async load(): Promise<void> {
    try {
      this.#start(await this.#api.session.current());
    } catch (thrown) {
      const failure = failureFrom(thrown);
      if (failure.code !== 'unauthenticated') throw failure;
      // Otherwise, end has been called for this answer.
      if (this.#status === 'unknown') this.#signOut(this.#user && (failure.reason ?? 'expired'));
    }
  }

  /** signUp creates an account and signs in, or rejects with a Failure. */
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

  /**
   * end records that the server has ended the session. Only a session that has expired may leave
   * the screen as it is, behind the form.
   */
  end(reason: EndReason): void {
    if (this.#status !== 'signed-in' && (this.#status !== 'lapsed' || reason === 'expired')) return;
    // A guest has no password for logging in again.
    if (reason !== 'expired' || this.#user?.kind === 'guest') {
      this.#signOut(reason);
      return;
    }
    this.#status = 'lapsed';
    this.#hooks.onLapse();
  }

  /**
   * doubt records that there was no contact for a while, as in a suspended page: the user is
   * unknown until load has asked.
   */
  doubt(): void {
    if (this.#status === 'signed-in') this.#status = 'unknown';
  }

  /** leave returns up a lapsed session. */
  leave(): void {
    if (this.#status === 'lapsed') this.#signOut('expired');
  }

  /**
   * meet records the connection's user: another tab may have logged in as somebody else, a guest
   * may have become a member, or an operator may have appointed an admin.
   */
  meet(user: User): void {
    if (this.#status !== 'signed-in') return;
    if (this.#user?.id !== user.id) this.#start(user);
    else this.#user = user;
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
