import { createContext } from 'svelte';

/** Theme is which of the two modes is shown; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

/** The key that stored-theme.js reads before the first paint. */
const key = 'partychat.theme';

/** ThemeChoice is what the reader chose, kept in this browser. */
export class ThemeChoice {
  #theme: Theme = $state('auto');
  readonly #root: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
    const stored = root.dataset.theme;
    if (stored === 'light' || stored === 'dark') this.#theme = stored;
  }

  get theme(): Theme {
    return this.#theme;
  }

  choose(theme: Theme): void {
    this.#theme = theme;
    if (theme === 'auto') delete this.#root.dataset.theme;
    else this.#root.dataset.theme = theme;
    try {
      if (theme === 'auto') localStorage.removeItem(key);
      else localStorage.setItem(key, theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
}

/** useTheme gives the choice to a component; provideTheme sets it, once, at the root. */
export const [useTheme, provideTheme] = createContext<ThemeChoice>();
