import type { Command, Commands, Known, ServerEvent, ServerEvents } from './wire';

/** LinkState says whether events are flowing. */
export type LinkState = 'closed' | 'connecting' | 'open';

/**
 * Link is the live connection to the server, as the rest of the client sees
 * it. It reconnects by itself until it is closed.
 */
export interface Link {
  /** How far the user's stream is known, 0 if not at all; docs/PROTOCOL.md, section 4. */
  rev: number;
  /** Gives what is known, if anything: then `ready` brings what has changed since. */
  known: () => Known | undefined;
  /** Starts connecting; does nothing when it has been started. */
  open(): void;
  /** Ends the connection for good, until the next open. */
  close(): void;
  /**
   * Sends a command and gives the content of its acknowledgement. Fails with a
   * Failure: that of the acknowledgement, or `unavailable` if there is none in
   * time or no connection. It is never sent later by itself.
   */
  command<C extends Command>(
    name: C,
    argument: Commands[C]['argument'],
  ): Promise<Commands[C]['answer']>;
  /** Calls the listener at each such event; the result ends that. */
  on<E extends ServerEvent>(event: E, listener: (content: ServerEvents[E]) => void): () => void;
  /** Calls the listener when the state changes. */
  onState(listener: (state: LinkState) => void): () => void;
  /** Calls the listener with the number of commands that wait too long, when it changes. */
  onOverdue(listener: (commands: number) => void): () => void;
  /** Calls the listener when the server refuses the connection for want of a session. */
  onRefused(listener: () => void): () => void;
}
