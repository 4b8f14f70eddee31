import type { Profiles } from './profiles.svelte';
import type { Named } from '../model/text';

type Render = (text: string, named?: Named, profiles?: Profiles) => string;

/**
 * Markup renders messages with links, code and emphasis. The renderer is loaded once, in parallel
 * with everything else.
 */
export class Markup {
  readonly #profiles: Profiles | undefined;
  #render = $state.raw<Render>();
  #hasFailed = $state(false);
  #loading: Promise<void> | undefined;
  readonly #known = new Map<string, string>();

  /** `profiles` has the names of people who are mentioned. */
  constructor(profiles?: Profiles) {
    this.#profiles = profiles;
  }

  /** Whether the renderer is loaded, or loading has failed. */
  get isSettled(): boolean {
    return this.#render !== undefined || this.#hasFailed;
  }

  /**
   * load loads the renderer. It never rejects; until then, text stays plain. Call it again after
   * a failure.
   */
  load(): Promise<void> {
    this.#loading ??= import('../model/markup').then(
      ({ renderMarkup }) => {
        this.#render = renderMarkup;
      },
      () => {
        this.#hasFailed = true;
        this.#loading = undefined;
      },
    );
    return this.#loading;
  }

  /** html returns the text as safe HTML, or undefined if it can only be shown as plain text. */
  html(text: string, named: Named = {}): string | undefined {
    if (!this.#render) return undefined;
    if (named.mentions || named.mentionsRoom) return this.#render(text, named, this.#profiles);
    let html = this.#known.get(text);
    if (html === undefined) {
      html = this.#render(text);
      if (this.#known.size >= remembered) this.#known.clear();
      this.#known.set(text, html);
    }
    return html;
  }
}

/** How many rendered texts are cached, so that scrolling back does not parse them again. */
const remembered = 500;
