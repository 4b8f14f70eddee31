import { codeIn } from './backticks';
import type { Message, User } from './wire';

/** Naming is a name being typed after an `@`, up to the caret. */
export interface Naming {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** Choice is somebody to mention; `id` 0 is everyone in the room. */
export interface Choice {
  readonly id: number;
  readonly name: string;
  /** The display name, if the person has one. */
  readonly displayName?: string | undefined;
}

/** The name by which admins mention everyone in the room. */
export const everyone = 'room';

const naming = /(?:^|[^A-Za-z0-9@_.+/=&%#-])@([\p{L}\p{N}\p{M}_.-]{0,32})$/u;
const toEveryone = /(?<![A-Za-z0-9@_.+/=&%#-])@room(?![._-]*[\p{L}\p{N}\p{M}])/giu;

/** namingAt returns the name being typed at the caret, outside code, or undefined. */
export function namingAt(text: string, caret: number): Naming | undefined {
  const typed = text.slice(0, caret);
  const name = naming.exec(typed)?.[1];
  if (name === undefined || codeIn(typed).at(-1)?.isOpen) return undefined;
  return { start: caret - name.length - 1, end: caret, name };
}

/** mentionsEveryone reports whether the text, outside code, mentions everyone in the room. */
export function mentionsEveryone(text: string): boolean {
  const code = codeIn(text);
  return [...text.matchAll(toEveryone)].some(
    ({ index }) => !code.some(({ start, end }) => start <= index && index < end),
  );
}

/** Company is among whom a name is chosen. */
export interface Company {
  people: readonly User[];
  /** The messages of the room, of which the last ones say who spoke last. */
  messages: readonly Message[];
  me: number;
  /** Whether I may mention everyone. */
  mayMentionRoom: boolean;
}

/**
 * choicesFor returns whom a typed name may mean, those who spoke last first, then the others by
 * name. Names that begin with it come before those in which a later part does.
 */
export function choicesFor(name: string, company: Company, limit: number): Choice[] {
  const { people, messages, me, mayMentionRoom } = company;
  const spoke = new Map(messages.map(({ author, seq }) => [author.id, seq]));
  const wanted = folded(name);
  const found = people
    .filter(({ id }) => id !== me)
    .map((user) => ({
      user,
      rank: Math.max(
        rankOf(folded(user.username), wanted),
        rankOf(folded(user.displayName ?? ''), wanted),
      ),
    }))
    .filter(({ rank }) => rank > 0)
    .sort(
      (a, b) =>
        b.rank - a.rank ||
        (spoke.get(b.user.id) ?? 0) - (spoke.get(a.user.id) ?? 0) ||
        a.user.username.localeCompare(b.user.username),
    )
    .map(({ user }) => ({
      id: user.id,
      name: user.username,
      displayName: user.displayName,
    }));
  const hasRoom = mayMentionRoom && everyone.startsWith(wanted);
  const shown = found.slice(0, hasRoom ? limit - 1 : limit);
  return hasRoom ? [...shown, { id: 0, name: everyone }] : shown;
}

function rankOf(name: string, wanted: string): number {
  if (name === '') return 0;
  if (name.startsWith(wanted)) return 2;
  return name.split(/[._\s-]+/).some((part) => part.startsWith(wanted)) ? 1 : 0;
}

const folded = (name: string) => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
