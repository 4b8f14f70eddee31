import { m } from '../messages';
import { isolated } from './isolated';
import type { Author, Message, NoticeKind, Subscription } from './wire';

/** isNotice tells whether the server has written it. */
export function isNotice(source: { kind?: string } | undefined): source is Message {
  return source?.kind === 'notice';
}

/** isWelcome tells whether a notice says that the reader has joined. */
export function isWelcome(notice: Message, me: number): boolean {
  return notice.author.id === me && notice.notice?.kind === 'joined';
}

/**
 * welcomeTo gives the welcome of a room that may have no notices: as one that
 * nobody has stored, for the reader alone. Its seq is 0, so that it is never
 * new. Nobody is welcomed to a conversation, or to a room of their own making.
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
 * withWelcome puts the welcome where its time is, unless that has not been
 * loaded, or the server's own stands there. Where nothing has been written it
 * is the empty room that says it.
 */
export function withWelcome(
  messages: readonly Message[],
  welcome: Message | undefined,
  moreBefore: boolean,
  moreAfter = false,
): readonly Message[] {
  if (!welcome || messages.length === 0) return messages;
  const at = Date.parse(welcome.createdAt);
  // The server's own may be of the same millisecond.
  const isThere = (message: Message) =>
    isWelcome(message, welcome.author.id) && Date.parse(message.createdAt) >= at;
  if (messages.some(isThere)) return messages;
  const before = messages.findLastIndex(({ createdAt }) => Date.parse(createdAt) <= at);
  if (before < 0 && moreBefore) return messages;
  if (before === messages.length - 1 && moreAfter) return messages;
  return messages.toSpliced(before + 1, 0, welcome);
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
    return m.notices.welcome({ name: isolated(said[0].author.username) });
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

/** No sentence, or one. */
function sentence(of: readonly Message[], kind: NoticeKind, me: number): string[] {
  const names = of.map(({ author }) =>
    author.id === me ? m.notices.you() : isolated(author.username),
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
