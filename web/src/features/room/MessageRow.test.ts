// @vitest-environment jsdom
// The sanitiser needs an exact HTML parser, which the other environment lacks.
import { screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { Row } from '../../model/rows';
import { startOfDay } from '../../model/time';
import { FakeServer, newChat } from '../../testing/fakes';
import { ada, message, mona } from '../../testing/messages';
import { renderIn } from '../../testing/render';
import MessageRow from './MessageRow.svelte';

const at = new Date(2026, 10, 20, 18, 4).getTime();

async function show(change: Partial<Row>, isNewest = true) {
  const row: Row = {
    key: '12:x',
    author: mona,
    body: 'Who has a car?',
    kind: 'text',
    at,
    seq: 3,
    clientId: 'x',
    isOwn: false,
    delivery: 'sent',
    reason: undefined,
    isEdited: false,
    isDeleted: false,
    notice: undefined,
    location: undefined,
    source: message(3),
    files: undefined,
    day: undefined,
    mentions: undefined,
    mentionsRoom: undefined,
    isForMe: false,
    isFirstNew: false,
    isFirst: true,
    isLast: true,
    ...change,
  };
  const acts = { onfocus: vi.fn(), onretry: vi.fn(), ondelete: vi.fn() };
  const chat = newChat(new FakeServer());
  await chat.markup.load();
  renderIn(chat, MessageRow, { row, today: startOfDay(at), isNewest, isActive: true, ...acts });
  return acts;
}

const own = { author: ada, isOwn: true };

describe('a message', () => {
  it('reads author, text and time, in this order', async () => {
    await show({});
    const article = screen.getByRole('article');
    expect(article).toHaveAccessibleName(/^Mona Who has a car\? .*04/);
    expect(article).toHaveAttribute('tabindex', '0');
  });

  it('has its author and time also where they are not drawn', async () => {
    await show({ isFirst: false });
    expect(screen.getByRole('article')).toHaveAccessibleName(/^Mona Who has a car\? .*04/);
  });

  it('tells the full date on hover, and exactly to machines', async () => {
    await show({});
    const time = screen.getByText(/04/, { selector: 'time' });
    expect(time).toHaveAttribute('datetime', new Date(at).toISOString());
    expect(time.title).toMatch(/2026/);
  });

  it('shows text as it is, without anything before or after', async () => {
    await show({ body: 'a <b>\n\n  c' });
    expect(document.querySelector('.text')?.textContent).toBe('a <b>\n\n  c');
  });

  it('shows rendered text without anything before or after', async () => {
    await show({ body: '**a**\nb' });
    expect(document.querySelector('.text')?.textContent).toBe('a\nb');
    expect(document.querySelector('.text strong')).toHaveTextContent('a');
  });

  it('names its day and where the new ones begin', async () => {
    await show({ day: startOfDay(at), isFirstNew: true });
    expect(screen.getByText('Today')).toBeInTheDocument();
    expect(screen.getByText('New')).toBeInTheDocument();
  });
});

describe('delivery', () => {
  it('says that my newest one is sent', async () => {
    await show(own);
    expect(screen.getByText(/· sent/)).toBeInTheDocument();
  });

  it('says no such thing of an older one', async () => {
    await show(own, false);
    expect(screen.queryByText(/· sent/)).not.toBeInTheDocument();
  });

  it('says that one is on its way', async () => {
    await show({ ...own, delivery: 'sending', seq: undefined });
    expect(screen.getByText(/· sending/)).toBeInTheDocument();
  });

  it('offers to retry or delete what has failed, and says why it has', async () => {
    const { onretry, ondelete } = await show({
      ...own,
      delivery: 'failed',
      reason: 'You may not.',
      seq: undefined,
    });
    expect(screen.getByText('Not sent. You may not.')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
    expect(onretry).toHaveBeenCalledOnce();
    expect(ondelete).toHaveBeenCalledOnce();
  });
});

describe('a changed message', () => {
  it('says that it was edited, also to a screen reader', async () => {
    await show({ isEdited: true });
    expect(screen.getByText('edited')).toBeInTheDocument();
    expect(screen.getByRole('article')).toHaveAccessibleName(/Who has a car\? edited/);
  });

  it('leaves a line when it was deleted', async () => {
    await show({ body: '', isEdited: true, isDeleted: true });
    expect(screen.getByText('This message was deleted.')).toBeInTheDocument();
    expect(screen.queryByText('edited')).toBeNull();
  });
});
