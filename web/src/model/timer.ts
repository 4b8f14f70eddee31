/** Timer runs something after so many milliseconds, and gives what cancels that. */
export type Timer = (run: () => void, milliseconds: number) => () => void;

/** startTimer is the browser's Timer. */
export const startTimer: Timer = (run, milliseconds) => {
  const id = setTimeout(run, milliseconds);
  return () => {
    clearTimeout(id);
  };
};
