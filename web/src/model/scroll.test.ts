import { describe, expect, it } from 'vitest';
import { Follower, Passage, hasPrepended, isAtBottom, isNearTop } from './scroll';

describe('geometry', () => {
  it.each([
    ['at the bottom', { offset: 500, viewport: 500, size: 1_000 }, true],
    ['a line above it', { offset: 470, viewport: 500, size: 1_000 }, true],
    ['clearly above it', { offset: 400, viewport: 500, size: 1_000 }, false],
    ['with less than a screenful', { offset: 0, viewport: 500, size: 300 }, true],
  ])('%s', (_name, geometry, want) => {
    expect(isAtBottom(geometry)).toBe(want);
  });

  it('asks for older messages two screens before the top', () => {
    expect(isNearTop({ offset: 999, viewport: 500, size: 9_000 })).toBe(true);
    expect(isNearTop({ offset: 1_000, viewport: 500, size: 9_000 })).toBe(false);
  });
});

describe('following', () => {
  const box = (offset: number, size = 2_000) => ({ offset, viewport: 500, size });

  it('continues when content grows below', () => {
    const follower = new Follower();
    follower.scrolled(box(1_500));
    follower.scrolled(box(1_500, 2_400));
    expect(follower.isFollowing).toBe(true);
  });

  it('stops when the reader scrolls up', () => {
    const follower = new Follower();
    follower.scrolled(box(1_500));
    follower.scrolled(box(1_300));
    expect(follower.isFollowing).toBe(false);
  });

  it('does not start when the reader scrolls down a little', () => {
    const follower = new Follower();
    follower.scrolled(box(1_500));
    follower.scrolled(box(800));
    follower.scrolled(box(900));
    expect(follower.isFollowing).toBe(false);
  });

  it('starts again at the bottom', () => {
    const follower = new Follower();
    follower.scrolled(box(1_500));
    follower.scrolled(box(800));
    follower.scrolled(box(1_495));
    expect(follower.isFollowing).toBe(true);
  });

  it('does not follow at the bottom while newer content is not loaded', () => {
    const follower = new Follower();
    follower.scrolled(box(1_500), true);
    expect(follower.isFollowing).toBe(false);
    follower.scrolled(box(1_500));
    expect(follower.isFollowing).toBe(true);
  });

  it('starts when the reader jumps to the newest', () => {
    const follower = new Follower();
    follower.scrolled(box(1_500));
    follower.scrolled(box(800));
    follower.follow();
    expect(follower.isFollowing).toBe(true);
  });
});

describe('hasPrepended', () => {
  const rows = (...keys: string[]) => keys.map((key) => ({ key }));

  it.each([
    ['older ones in front', rows('c', 'd'), rows('a', 'b', 'c', 'd'), true],
    ['newer ones behind', rows('a', 'b'), rows('a', 'b', 'c'), false],
    ['the first ones at all', rows(), rows('a'), false],
    ['nothing new', rows('a'), rows('a'), false],
    ['all others', rows('a', 'b'), rows('x', 'y', 'z'), false],
  ])('%s', (_name, before, after, want) => {
    expect(hasPrepended(before, after)).toBe(want);
  });
});

describe('Passage', () => {
  const sight = (first: number, last: number, offset: number, newest = 100) => ({
    first,
    last,
    newest,
    geometry: { offset, viewport: 500, size: 4_000 },
  });

  it.each([
    ['what passed between two moments was seen', sight(10, 20, 400), sight(32, 42, 1_400), 21],
    ['what is still there is no news', sight(10, 20, 400), sight(15, 25, 600), 15],
    ['nor does it pass when one scrolls back', sight(32, 42, 1_400), sight(10, 20, 400), 10],
    ['what was jumped over did not pass', sight(10, 20, 400), sight(80, 90, 3_000), 80],
    ['nor what came only then', sight(90, 100, 3_500), sight(118, 128, 4_500, 128), 118],
  ])('%s', (_name, before, after, want) => {
    const passage = new Passage();
    expect(passage.from(before)).toBe(before.first);
    expect(passage.from(after)).toBe(want);
  });

  it('starts over when the feed itself jumps', () => {
    const passage = new Passage();
    passage.from(sight(10, 20, 400));
    passage.jump();
    expect(passage.from(sight(32, 42, 1_400))).toBe(32);
  });
});
