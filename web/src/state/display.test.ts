import { beforeEach, describe, expect, it } from 'vitest';
import { Display } from './display.svelte';

describe('where my own messages stand', () => {
  let root: HTMLElement;

  beforeEach(() => {
    localStorage.clear();
    root = document.createElement('html');
  });

  it('is the right at first', () => {
    expect(new Display(root).own).toBe('right');
    expect(root.dataset.own).toBeUndefined();
  });

  it('is shown at once and kept', () => {
    new Display(root).chooseOwn('flat');
    expect(root.dataset.own).toBe('flat');
    expect(localStorage.getItem('partychat.own')).toBe('flat');
    expect(new Display(root).own).toBe('flat');
  });

  it('leaves nothing behind when it is the right again', () => {
    const display = new Display(root);
    display.chooseOwn('left');
    display.chooseOwn('right');
    expect(root.dataset.own).toBeUndefined();
    expect(localStorage.getItem('partychat.own')).toBeNull();
  });

  it('is the right if what was kept is unknown', () => {
    root.dataset.own = 'above';
    expect(new Display(root).own).toBe('right');
  });
});
