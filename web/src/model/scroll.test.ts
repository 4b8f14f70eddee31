import { describe, expect, it } from 'vitest';
import { Follower, hasPrepended, isAtBottom, isNearTop } from './scroll';

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
