import type { Link } from '../model/link';

/** Milliseconds between two reports; the server takes each for a little longer. */
const reportEvery = 30_000;

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'] as const;

/**
 * reportActivity tells the server that somebody uses this page, so that other devices of the same
 * person stay silent.
 */
export function reportActivity(link: Link): void {
  let reported = -Infinity;
  const report = () => {
    if (document.visibilityState === 'hidden' || performance.now() - reported < reportEvery) return;
    reported = performance.now();
    link.command('user:active', {}).catch(() => undefined);
  };
  for (const sign of signs) {
    window.addEventListener(sign, report, { passive: true, capture: true });
  }
}
