import { describe, expect, it } from 'vitest';
import { newClientId } from './clientid';

describe('newClientId', () => {
  it('creates UUIDs of version 7', () => {
    const drawn = new Set(Array.from({ length: 100 }, () => newClientId()));
    expect(drawn.size).toBe(100);
    for (const id of drawn) {
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
  });

  it('begins with the time', () => {
    const id = newClientId(Date.UTC(2022, 1, 22, 19, 22, 22));
    expect(id.slice(0, 15)).toBe('017f22e2-79b0-7');
  });
});
