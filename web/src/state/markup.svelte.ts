type Render = (text: string) => string;

/** Markup renders messages with links, code and emphasis. The renderer is loaded once, beside everything else. */
export class Markup {
  #render = $state.raw<Render>();
  #hasFailed = $state(false);
  #loading: Promise<void> | undefined;
  readonly #known = new Map<string, string>();

  /** Whether rendered text can be had, or cannot be waited for. */
  get isSettled(): boolean {
    return this.#render !== undefined || this.#hasFailed;
  }

  /** load fetches the renderer. It never rejects; until it is there, text stays plain. Ask again after a failure. */
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

  /** html gives the text as safe HTML; undefined if it can only be shown as it is. */
  html(text: string): string | undefined {
    if (!this.#render) return undefined;
    let html = this.#known.get(text);
    if (html === undefined) {
      html = this.#render(text);
      if (this.#known.size >= remembered) this.#known.clear();
      this.#known.set(text, html);
    }
    return html;
  }
}

/** How many texts are remembered as HTML, so that scrolling back does not parse them again. */
const remembered = 500;
