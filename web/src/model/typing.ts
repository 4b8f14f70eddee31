import { m } from '../messages';
import { isolated } from './isolated';

/** typingWords describes who is typing; "" if nobody is. */
export function typingWords(names: readonly string[]): string {
  const [first, second] = names.map(isolated);
  if (first === undefined) return '';
  if (second === undefined) return m.room.typing({ name: first });
  return names.length === 2
    ? m.room.twoTyping({ name: first, other: second })
    : m.room.severalTyping();
}
