const one =
  '(?:\\p{RI}{2}|\\u{1F3F4}[\\u{E0020}-\\u{E007F}]+|[0-9#*]\\uFE0F?\\u20E3|' +
  '(?:\\p{Emoji_Presentation}|\\p{ExtPict}[\\uFE0F\\p{EMod}])\\p{EMod}?\\uFE0F?' +
  '(?:\\u200D\\p{ExtPict}[\\uFE0F\\p{EMod}]*)*)';
const alone = new RegExp(`^${one}(?:\\s?${one}){0,2}$`, 'u');

/** isEmojiAlone reports whether a text consists of one to three emoji. */
export function isEmojiAlone(text: string): boolean {
  return text.length < 100 && alone.test(text);
}
