import { beforeEach, describe, expect, it, vi } from 'vitest';
import storedTheme from '../styles/stored-theme.js?raw';
import { ThemeChoice } from './theme.svelte';

const root = document.documentElement;
/** Runs the classic script in the head of the page, as the next visit does. */
const early = new Function(storedTheme) as () => void;

beforeEach(() => {
  localStorage.clear();
  delete root.dataset.theme;
});

describe('the theme', () => {
  it('is the system’s until one chooses', () => {
    early();
    expect(new ThemeChoice(root).theme).toBe('auto');
    expect(root.dataset.theme).toBeUndefined();
  });

  it('is marked on the page at once, and again before the first paint of the next visit', () => {
    new ThemeChoice(root).choose('dark');
    expect(root.dataset.theme).toBe('dark');
    delete root.dataset.theme;
    early();
    expect(root.dataset.theme).toBe('dark');
    expect(new ThemeChoice(root).theme).toBe('dark');
  });

  it('can be given back to the system', () => {
    const choice = new ThemeChoice(root);
    choice.choose('light');
    choice.choose('auto');
    expect(root.dataset.theme).toBeUndefined();
    early();
    expect(root.dataset.theme).toBeUndefined();
  });

  it('that is unknown is ignored', () => {
    localStorage.setItem('partychat.theme', 'sepia');
    early();
    expect(new ThemeChoice(root).theme).toBe('auto');
  });

  it('holds for the page where nothing may be stored', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    const choice = new ThemeChoice(root);
    choice.choose('dark');
    expect(choice.theme).toBe('dark');
    expect(root.dataset.theme).toBe('dark');
  });
});
