import { shownName } from './person';
import { m } from '../messages';
import { isolated } from './isolated';
import type { Author, Message, NoticeKind, Subscription } from './wire';

/** isNotice reports whether the server wrote the message. */
export function isNotice(source: { kind?: string } | undefined): source is Message {
  return source?.kind === 'notice';
}

/** isWelcome reports whether a notice says that the reader has joined. */
export function isWelcome(notice: Message, me: number): boolean {
  return notice.author.id === me && notice.notice?.kind === 'joined';
}

/**
 * welcomeTo creates the welcome for a room that may have no notices: a message that is not
 * stored, only for the reader. Its seq is 0, so that it never counts as new. There is no welcome
 * in conversations, or in rooms that the reader has created.
 */
export function welcomeTo(
  room: Pick<Subscription, 'id' | 'kind' | 'createdAt'>,
  joinedAt: string,
  me: Author,
): Message | undefined {
  if (room.kind === 'direct' || joinedAt === room.createdAt) return undefined;
  return {
    room: room.id,
    seq: 0,
    rev: 0,
    clientId: 'welcome',
    author: me,
    kind: 'notice',
    body: '',
    notice: { kind: 'joined', user: me },
    createdAt: joinedAt,
  };
}

/**
 * withWelcome inserts the welcome at its time, unless that part has not been loaded or contains
 * the server's own. In an empty room, the empty state says it instead.
 */
export function withWelcome(
  messages: readonly Message[],
  welcome: Message | undefined,
  moreBefore: boolean,
  moreAfter = false,
): readonly Message[] {
  if (!welcome || messages.length === 0) return messages;
  const at = Date.parse(welcome.createdAt);
  // The server's own notice may have the same millisecond.
  const isThere = (message: Message) =>
    isWelcome(message, welcome.author.id) && Date.parse(message.createdAt) >= at;
  if (messages.some(isThere)) return messages;
  const before = messages.findLastIndex(({ createdAt }) => Date.parse(createdAt) <= at);
  if (before < 0 && moreBefore) return messages;
  if (before === messages.length - 1 && moreAfter) return messages;
  return messages.toSpliced(before + 1, 0, welcome);
}

/**
 * noticeWords describes in one line who has joined and left. Somebody who did both is named with
 * the last action.
 */
export function noticeWords(run: readonly Message[], me: number): string {
  const latest = new Map<number, Message>();
  for (const message of run) {
    latest.delete(message.author.id);
    latest.set(message.author.id, message);
  }
  const said = [...latest.values()];
  if (said[0] && said.length === 1 && isWelcome(said[0], me)) {
    return m.notices.welcome({ name: isolated(shownName(said[0].author)) });
  }
  return (['joined', 'left', 'removed'] as const)
    .flatMap((kind) =>
      sentence(
        said.filter(({ notice }) => notice?.kind === kind),
        kind,
        me,
      ),
    )
    .join(' · ');
}

/** At most one sentence. */
function sentence(of: readonly Message[], kind: NoticeKind, me: number): string[] {
  const names = of.map(({ author }) =>
    author.id === me ? m.notices.you() : isolated(shownName(author)),
  );
  const [first, second] = names;
  if (first === undefined) return [];
  const count = names.length;
  const who =
    second === undefined
      ? first
      : count === 2
        ? m.notices.two({ name: first, other: second })
        : m.notices.many({ name: first, count: count - 1 });
  if (kind === 'joined') return [m.notices.joined({ count, who })];
  if (kind === 'left') return [m.notices.left({ count, who })];
  const isMe = count === 1 && of[0]?.author.id === me;
  return [isMe ? m.notices.youRemoved() : m.notices.removed({ count, who })];
}
