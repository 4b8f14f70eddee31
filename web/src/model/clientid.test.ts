import { describe, expect, it } from 'vitest';
import { newClientId } from './clientid';

describe('newClientId', () => {
  const insecure = {
    getRandomValues: <T extends ArrayBufferView>(array: T) =>
      crypto.getRandomValues(array as never) as T,
  } as Pick<Crypto, 'getRandomValues'>;

  it.each([
    ['where the browser has randomUUID', crypto],
    ['where it has none, because the page came by plain HTTP', insecure],
  ])('draws UUIDs of version 4 %s', (_name, source) => {
    const drawn = new Set(Array.from({ length: 100 }, () => newClientId(source)));
    expect(drawn.size).toBe(100);
    for (const id of drawn) {
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
  });
});
