/**
 * Timer runs a function after a delay in milliseconds, and returns a function that cancels it.
 */
export type Timer = (run: () => void, milliseconds: number) => () => void;

/** startTimer is the browser's Timer. */
export const startTimer: Timer = (run, milliseconds) => {
  const id = setTimeout(run, milliseconds);
  return () => {
    clearTimeout(id);
  };
};
