import { describe, expect, it } from 'vitest';
import { FakeLink } from '../testing/fakes';
import { message } from '../testing/messages';
import { Quotes } from './quotes.svelte';

const edited = (seq: number, rev: number, body: string) =>
  message(seq, { rev, body, editedAt: '2026-11-20T10:00:00Z' });

describe('quotes', () => {
  it('know the latest state of messages that have changed', () => {
    const link = new FakeLink();
    const quotes = new Quotes(link);
    link.arrive('message:put', { message: message(3) });
    expect(quotes.of(7, 3)).toBeUndefined();
    link.arrive('message:put', { message: edited(3, 9, 'second') });
    link.arrive('message:put', { message: edited(3, 8, 'first') });
    expect(quotes.of(7, 3)?.body).toBe('second');
    expect(quotes.of(8, 3)).toBeUndefined();
  });

  it('learn what was missing, and forget what may be outdated', () => {
    const quotes = new Quotes(new FakeLink());
    const changes = { rev: 9, more: false, startOver: false };
    quotes.sync({ ...changes, messages: [edited(3, 9, 'second')] });
    expect(quotes.of(7, 3)?.body).toBe('second');
    quotes.sync({ ...changes, messages: [], startOver: true });
    expect(quotes.of(7, 3)).toBeUndefined();
  });
});
