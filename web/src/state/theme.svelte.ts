import { createContext } from 'svelte';

/** Theme is the colour scheme; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

/** The key that stored-theme.js reads before the first paint. */
const key = 'partychat.theme';

/** ThemeChoice is the reader's choice, stored in this browser. */
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
      // Without storage the choice lasts for the lifetime of the page.
    }
  }
}

/** useTheme returns the choice in a component; provideTheme sets it, once, at the root. */
export const [useTheme, provideTheme] = createContext<ThemeChoice>();
