/** Milliseconds after which a touch is a long press. */
const holdTime = 450;

/** Pixels that a finger may move meanwhile. */
const tolerance = 10;

/**
 * longPress calls onpress with the message that a finger holds, until the returned function is
 * called. The key for context menus opens the message's own menu.
 */
export function longPress(box: HTMLElement, onpress: (row: HTMLElement) => void): () => void {
  const listeners = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from: PointerEvent | undefined;
  let wasLong = false;

  const rowOf = ({ target }: Event) =>
    (target as HTMLElement).closest<HTMLElement>('.message[data-seq]');
  const stop = () => {
    clearTimeout(timer);
    from = undefined;
  };
  const listen = <E extends keyof HTMLElementEventMap>(
    event: E,
    listener: (event: HTMLElementEventMap[E]) => void,
    capture = false,
  ) => {
    box.addEventListener(event, listener, { signal: listeners.signal, capture });
  };

  listen('pointerdown', (event) => {
    stop();
    wasLong = false;
    const row = event.pointerType === 'touch' && event.isPrimary ? rowOf(event) : undefined;
    if (!row) return;
    from = event;
    timer = setTimeout(() => {
      stop();
      wasLong = true;
      onpress(row);
    }, holdTime);
  });
  listen('pointermove', ({ clientX, clientY }) => {
    if (from && Math.hypot(clientX - from.clientX, clientY - from.clientY) > tolerance) stop();
  });
  for (const event of ['pointerup', 'pointercancel', 'scroll'] as const) listen(event, stop, true);
  // Lifting the finger must not follow a link.
  listen(
    'click',
    (event) => {
      if (!wasLong) return;
      wasLong = false;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  listen('contextmenu', (event) => {
    const row = rowOf(event);
    if (!row) return;
    const { pointerType } = event as MouseEvent & { pointerType?: string };
    if (pointerType === 'touch') event.preventDefault();
    if (pointerType !== '') return; // the mouse opens the browser's menu
    event.preventDefault();
    row.querySelector<HTMLElement>('[aria-haspopup=menu]')?.click();
  });
  return () => {
    stop();
    listeners.abort();
  };
}
