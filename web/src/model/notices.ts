import type { Message } from './wire';

/** isNotice tells whether the server has written it. */
export function isNotice(source: { kind?: string } | undefined): source is Message {
  return source?.kind === 'notice';
}

/** isWelcome tells whether a notice says that the reader has joined. */
export function isWelcome(notice: Message, me: number): boolean {
  return notice.author.id === me && notice.notice?.kind === 'joined';
}

/**
 * noticeWords says in one line who has come and gone. Whoever did both is named
 * with what was last.
 */
export function noticeWords(run: readonly Message[], me: number): string {
  const latest = new Map<number, Message>();
  for (const message of run) {
    latest.delete(message.author.id);
    latest.set(message.author.id, message);
  }
  const said = [...latest.values()];
  if (said[0] && said.length === 1 && isWelcome(said[0], me)) {
    return 'Welcome! You have joined this room.';
  }
  return (['joined', 'left'] as const)
    .map((kind) =>
      sentence(
        said.filter(({ notice }) => notice?.kind === kind),
        kind,
        me,
      ),
    )
    .filter((words) => words !== '')
    .join(' · ');
}

function sentence(of: readonly Message[], verb: string, me: number): string {
  const names = of.map(({ author }) => (author.id === me ? 'You' : author.username));
  const [first, second] = names;
  if (first === undefined) return '';
  if (second === undefined) return `${first} ${verb}`;
  if (names.length === 2) return `${first} and ${second} ${verb}`;
  return `${first} and ${names.length - 1} others ${verb}`;
}
