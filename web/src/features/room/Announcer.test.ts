import { describe, expect, it, vi } from 'vitest';
import { aSubscription, aUser, FakeLink, FakeServer, newChat } from '../../testing/fakes';
import { ada, message, page } from '../../testing/messages';
import { renderIn } from '../../testing/render';
import Announcer from './Announcer.svelte';

describe('the announcer', () => {
  it('tells the same words again, what was paged in never, and nobody of what they wrote', async () => {
    vi.useFakeTimers();
    const link = new FakeLink();
    const chat = newChat(
      new FakeServer()
        .on('GET /session', { body: { user: aUser(ada.id, ada.username) } })
        .on('GET /subscriptions', { body: { subscriptions: [aSubscription(7, 'trip')] } })
        .on('GET /rooms/7/messages', { body: page(51, 100) }),
      link,
    );
    await chat.session.load();
    const timeline = chat.timelines.of(7);
    await timeline.load();
    renderIn(chat, Announcer, { timeline, me: ada.id });
    const told = () =>
      [...document.querySelectorAll('[aria-live=polite] p')].map(({ textContent }) => textContent);
    await timeline.loadOlder();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told()).toEqual([]);
    for (const seq of [101, 102]) {
      link.arrive('message:put', { message: message(seq, { body: 'yes' }) });
      await vi.advanceTimersByTimeAsync(2_000);
    }
    link.arrive('message:put', { message: message(103, { author: ada, body: 'mine' }) });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told()).toEqual(['Mona: yes', 'Mona: yes']);
    vi.useRealTimers();
  });
});
