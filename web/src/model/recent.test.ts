import { describe, expect, it } from 'vitest';
import { addRecent, parseRecent } from './recent';

describe('recent searches', () => {
  it('are read from storage, whatever is there', () => {
    expect(parseRecent('["train","tea"]')).toEqual(['train', 'tea']);
    for (const stored of [null, undefined, '', '{', '{"a":1}', '[1,null]']) {
      expect(parseRecent(stored)).toEqual([]);
    }
  });

  it('begin with the last one, and are few', () => {
    expect(addRecent(['tea', 'train'], 'train')).toEqual(['train', 'tea']);
    expect(addRecent(['tra', 'tea'], 'train')).toEqual(['train', 'tea']);
    const many = Array.from({ length: 8 }, (_, n) => `search ${n}`);
    expect(addRecent(many, 'new')).toHaveLength(8);
  });
});
