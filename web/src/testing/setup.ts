import { configure } from '@testing-library/dom';
import '@testing-library/jest-dom/vitest';
import '@testing-library/svelte/vitest';

// What is loaded on demand is compiled at its first import, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 10_000 });
