import type { Api, Credentials } from '../api';
import { failureFrom } from '../model/failure';
import type { EndReason, User } from '../model/wire';

/** SessionStatus is `unknown` until the server has said who is here. */
export type SessionStatus = 'unknown' | 'signed-in' | 'signed-out';

/** SessionHooks are called after the status has changed. */
export interface SessionHooks {
  onStart: (user: User) => void;
  onEnd: () => void;
}

/** Session says who is signed in. */
export class Session {
  readonly #api: Api;
  readonly #hooks: SessionHooks;
  #status = $state<SessionStatus>('unknown');
  #user = $state.raw<User>();
  #endReason = $state<EndReason>();

  constructor(api: Api, hooks: SessionHooks) {
    this.#api = api;
    this.#hooks = hooks;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  /** Who is signed in; undefined unless the status is `signed-in`. */
  get user(): User | undefined {
    return this.#user;
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
      this.#signOut(undefined);
    }
  }

  /** signUp makes an account and signs in, or rejects with a Failure. */
  async signUp(credentials: Credentials): Promise<void> {
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
    if (this.#status === 'signed-in') this.#signOut(reason);
  }

  #start(user: User): void {
    this.#user = user;
    this.#status = 'signed-in';
    this.#endReason = undefined;
    this.#hooks.onStart(user);
  }

  #signOut(reason: EndReason | undefined): void {
    this.#user = undefined;
    this.#status = 'signed-out';
    this.#endReason = reason;
    this.#hooks.onEnd();
  }
}
