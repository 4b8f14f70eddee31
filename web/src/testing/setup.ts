import { configure } from '@testing-library/dom';
import '@testing-library/jest-dom/vitest';
import '@testing-library/svelte/vitest';
import { vi } from 'vitest';

// Code that is loaded on demand is compiled at its first import, which takes time on a busy
// machine.
const patience = 60_000;
configure({ asyncUtilTimeout: patience });

// No setting changes its default of one second.
const waitFor = vi.waitFor.bind(vi);
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: patience, ...options });
