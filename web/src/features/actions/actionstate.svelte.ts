import type { Message } from '../../model/wire';
import type { OpenRoom } from '../../state/openroom.svelte';

/** Question is what an action asks before it acts. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** The label of the button that confirms. */
  readonly action: string;
  readonly onconfirm: () => void;
}

/**
 * ActionState is what the actions of a room have opened above the feed. Rows leave the page when
 * they scroll away, so they cannot hold it.
 */
export class ActionState {
  #question = $state.raw<Question>();
  #picking = $state.raw<Message>();
  #sheet = $state.raw<Message>();

  /** The open question. */
  get question(): Question | undefined {
    return this.#question;
  }

  /** The message for which an emoji is being picked. */
  get picking(): Message | undefined {
    return this.#picking;
  }

  /** The message whose actions are shown in a sheet, on a touch screen. */
  get sheet(): Message | undefined {
    return this.#sheet;
  }

  /** ask opens a question. */
  ask(question: Question): void {
    this.close();
    this.#question = question;
  }

  /** pickFor opens the picker of reactions. */
  pickFor(message: Message): void {
    this.close();
    this.#picking = message;
  }

  /** showSheet opens the sheet. */
  showSheet(message: Message): void {
    this.close();
    this.#sheet = message;
  }

  /** close closes whatever is open. */
  close(): void {
    this.#question = this.#picking = this.#sheet = undefined;
  }
}

const states = new WeakMap<OpenRoom, ActionState>();

/** actionStateOf returns the state of a room on screen. */
export function actionStateOf(open: OpenRoom): ActionState {
  let state = states.get(open);
  if (!state) states.set(open, (state = new ActionState()));
  return state;
}
