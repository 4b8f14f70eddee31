import { describe, expect, it } from 'vitest';
import { isEmojiAlone } from './emojitext';

describe('one to three emoji alone', () => {
  it.each(['🎉', '🎉🔥', '🎉 🔥 🚗', '👍🏽', '👩‍💻', '❤️', '🇭🇺', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '👨‍👩‍👧‍👦👩🏿‍🚀🏳️‍🌈', '☝🏾'])(
    '%s is',
    (text) => {
      expect(isEmojiAlone(text)).toBe(true);
    },
  );

  it.each(['', '123', 'a', '🎉🎉🎉🎉', '🎉!', 'oh 🎉', '©', '#', '🎉\n\n🎉', ':tada:'])(
    '%o is not',
    (text) => {
      expect(isEmojiAlone(text)).toBe(false);
    },
  );
});
