/** isInThreadOnly reports whether only a thread shows the message, and not its room. */
export function isInThreadOnly({ thread, inRoom }: { thread?: number; inRoom?: boolean }): boolean {
  return !!thread && !inRoom;
}
