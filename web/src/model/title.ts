/** TitleInput is what the title of the page tells. */
interface TitleInput {
  calls: number;
  isUnread: boolean;
  /** The name of the open room. */
  room: string | undefined;
}

/** titleOf returns the title: messages that call for me are counted, others only marked. */
export function titleOf(app: string, { calls, isUnread, room }: TitleInput): string {
  const mark = calls > 0 ? `(${calls > 99 ? '99+' : calls}) ` : isUnread ? '• ' : '';
  return `${mark}${room === undefined ? '' : `${room} · `}${app}`;
}
