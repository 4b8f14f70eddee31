import { isolated } from './isolated';

/** typingWords says who is typing; "" if nobody is. */
export function typingWords(names: readonly string[]): string {
  const [first, second] = names.map(isolated);
  if (first === undefined) return '';
  if (second === undefined) return `${first} is typing…`;
  return names.length === 2 ? `${first} and ${second} are typing…` : 'Several people are typing…';
}
