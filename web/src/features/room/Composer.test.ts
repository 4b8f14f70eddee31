import { screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aUser, FakeLink, FakeServer, newChat } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import { settled } from '../../testing/settled';
import Composer from './Composer.svelte';

const onsend = vi.fn<(body: string) => void>();
const oneditlast = vi.fn<() => void>();
const box = () => screen.getByRole('textbox', { name: 'Message' });
const button = () => screen.getByRole('button', { name: 'Send' });

async function setUp() {
  const server = new FakeServer()
    .on('GET /session', { body: { user: aUser(11, 'Ada') } })
    .on('GET /subscriptions', { body: { subscriptions: [] } });
  const chat = newChat(server, new FakeLink(), localStorage);
  await chat.session.load();
  renderIn(chat, Composer, { roomId: 7, to: '# weekend-trip', onsend, oneditlast });
  return { chat, user: userEvent.setup() };
}

beforeEach(() => {
  localStorage.clear();
  onsend.mockReset();
  oneditlast.mockReset();
});

describe('the composer', () => {
  it('sends with Enter, empties itself and keeps the focus', async () => {
    const { user } = await setUp();
    await user.type(box(), 'hello{Enter}');
    expect(onsend).toHaveBeenCalledExactlyOnceWith('hello', undefined);
    expect(box()).toHaveValue('');
    expect(box()).toHaveFocus();
  });

  it('sends with the button and gives the focus back to the text', async () => {
    const { user } = await setUp();
    await user.type(box(), 'hello');
    await user.click(button());
    expect(onsend).toHaveBeenCalledExactlyOnceWith('hello', undefined);
    expect(box()).toHaveFocus();
  });

  it('sends emoji for short names that were pasted', async () => {
    const car = { emoji: '🚗', annotation: 'automobile', shortcodes: ['car'] };
    const list = vi.fn(() => Promise.resolve(new Response(JSON.stringify([car]))));
    vi.stubGlobal('fetch', list);
    const { user } = await setUp();
    await screen.findByRole('button', { name: 'Emoji' });
    await user.click(box());
    await user.paste('by :car: tomorrow');
    await vi.waitFor(() => expect(list).toHaveBeenCalled());
    await settled();
    await user.keyboard('{Enter}');
    expect(onsend).toHaveBeenCalledExactlyOnceWith('by 🚗 tomorrow', undefined);
  });

  it('begins a new line with Shift and Enter', async () => {
    const { user } = await setUp();
    await user.type(box(), 'one{Shift>}{Enter}{/Shift}two');
    expect(onsend).not.toHaveBeenCalled();
    expect(box()).toHaveValue('one\ntwo');
  });

  it('leaves Enter to an input method that composes', async () => {
    const { user } = await setUp();
    await user.type(box(), 'にほん');
    box().dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }),
    );
    expect(onsend).not.toHaveBeenCalled();
  });

  it('has nothing to send when there are only blanks', async () => {
    const { user } = await setUp();
    expect(button()).toBeDisabled();
    await user.type(box(), '  {Shift>}{Enter}{/Shift} ');
    expect(button()).toBeDisabled();
    await user.type(box(), '{Enter}');
    expect(onsend).not.toHaveBeenCalled();
    await user.type(box(), 'x');
    expect(button()).toBeEnabled();
  });

  it('counts near the limit, refuses beyond it and keeps the text', async () => {
    const { user } = await setUp();
    await user.click(box());
    await user.paste('🎉'.repeat(7_999));
    expect(await screen.findByText('1 character left')).toBeInTheDocument();
    expect(button()).toBeEnabled();
    await user.paste('ab');
    expect(await screen.findByText(/Too long by 1 character\./)).toBeInTheDocument();
    expect(box()).toBeInvalid();
    expect(button()).toBeDisabled();
    await user.keyboard('{Enter}');
    expect(onsend).not.toHaveBeenCalled();
    expect(box()).toHaveValue(`${'🎉'.repeat(7_999)}ab`);
  });

  it('begins with the draft, keeps what is typed and forgets what was sent', async () => {
    localStorage.setItem('partychat:draft:11:7', 'half a th');
    const { chat, user } = await setUp();
    expect(box()).toHaveValue('half a th');
    await user.type(box(), 'ought');
    expect(chat.drafts.get(7)).toBe('half a thought');
    await user.keyboard('{Enter}');
    expect(chat.drafts.get(7)).toBe('');
  });
});

describe('the arrow up', () => {
  it('changes the last message from an empty text, and moves the caret in another', async () => {
    const { user } = await setUp();
    const box = screen.getByRole('textbox', { name: 'Message' });
    await user.type(box, 'hello{ArrowUp}');
    expect(oneditlast).not.toHaveBeenCalled();
    await user.clear(box);
    await user.type(box, '{ArrowUp}');
    expect(oneditlast).toHaveBeenCalledOnce();
  });
});
