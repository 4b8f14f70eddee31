import type { Command, Commands, EndReason, Known, ServerEvent, ServerEvents } from './wire';

/** LinkState is whether events are flowing. */
export type LinkState = 'closed' | 'connecting' | 'open';

/**
 * Link is the live connection to the server for the rest of the client. It reconnects by itself
 * until it is closed.
 */
export interface Link {
  /** The rev up to which the user's stream is known, 0 for none; docs/PROTOCOL.md, section 4. */
  rev: number;
  /** Returns the known revs, if any: then `ready` contains only what has changed since. */
  known: () => Known | undefined;
  /** Starts connecting, unless it has been started already. */
  open(): void;
  /** Ends the connection until the next open. */
  close(): void;
  /**
   * Sends a command and returns the content of its acknowledgement. It fails with a Failure: that
   * of the acknowledgement, or `unavailable` if there is no connection or no acknowledgement in
   * time. It never retries by itself.
   */
  command<C extends Command>(
    name: C,
    argument: Commands[C]['argument'],
  ): Promise<Commands[C]['answer']>;
  /** Calls the listener at each such event, until the returned function is called. */
  on<E extends ServerEvent>(event: E, listener: (content: ServerEvents[E]) => void): () => void;
  /** Calls the listener when the state changes. */
  onState(listener: (state: LinkState) => void): () => void;
  /** Calls the listener with the number of overdue commands, whenever it changes. */
  onOverdue(listener: (commands: number) => void): () => void;
  /**
   * Calls the listener when the server refuses the connection because there is no session, with
   * the reason why it has ended if the server knows it.
   */
  onRefused(listener: (reason?: EndReason) => void): () => void;
}
