import { render, screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { ThemeChoice } from '../../state/theme.svelte';
import { aUser, FakeServer, newChat, refusal } from '../../testing/fakes';

let server: FakeServer;

async function open(path: string) {
  window.history.replaceState(null, '', path);
  const chat = newChat(server);
  render(App, { chat, theme: new ThemeChoice(document.documentElement) });
  if (!path.startsWith('/home')) await screen.findByRole('heading', { level: 1 });
  return { chat, user: userEvent.setup() };
}

const button = (name: string) => screen.getByRole('button', { name });
const username = () => screen.getByRole('textbox', { name: 'Username' });
const password = () => screen.getByLabelText('Password', { exact: true });

beforeEach(() => {
  server = new FakeServer();
});

describe('the landing page', () => {
  it('offers two buttons, whatever the server can say of itself', async () => {
    await open('/');
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('PartyChat');
    await waitFor(() => expect(button('Sign up')).toBeVisible());
    expect(button('Log in')).toBeVisible();
    expect(screen.queryByRole('form')).toBeNull();
    await waitFor(() => expect(server.calls.map(({ call }) => call)).toEqual(['GET /server']));
  });

  it('lets the guest that this device was go on', async () => {
    const guest = { ...aUser(9, 'pau'), kind: 'guest' };
    server
      .on('GET /server', { body: { guest: 'pau' } })
      .on('GET /subscriptions', { body: { subscriptions: [] } })
      .on('POST /guests/again', () => {
        server.on('GET /session', { body: { user: guest } });
        return { body: { user: guest } };
      });
    const { chat, user } = await open('/');
    await user.click(await screen.findByRole('button', { name: 'Continue as pau' }));
    await waitFor(() => expect(chat.session.user?.username).toBe('pau'));
    expect(window.location.pathname).toBe('/home');
  });

  it('says why a guest cannot go on, and still lets others in', async () => {
    const message = 'You are banned from this server.';
    server
      .on('GET /server', { body: { guest: 'pau' } })
      .on('POST /guests/again', refusal(403, { code: 'forbidden', message }));
    const { user } = await open('/');
    await user.click(await screen.findByRole('button', { name: 'Continue as pau' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(message);
    expect(button('Sign up')).toBeEnabled();
  });

  it.each([
    ['Sign up', '/register', 'Create account', 'new-password'],
    ['Log in', '/login', 'Log in', 'current-password'],
  ])('puts the form of “%s” in the place of both buttons', async (name, path, action, complete) => {
    const { user } = await open('/');
    await user.click(button(name));
    expect(window.location.pathname).toBe(path);
    expect(screen.getByRole('form', { name })).toBeVisible();
    expect(button(action)).toBeVisible();
    expect(username()).toHaveFocus();
    expect(username()).toHaveAttribute('autocomplete', 'username');
    expect(password()).toHaveAttribute('autocomplete', complete);
    const buttons = screen.getAllByRole('button').map((b) => b.textContent.trim());
    expect(buttons).toEqual(['', action, 'Cancel']);
  });

  it.each(['Sign up', 'Log in'])(
    'brings the buttons back with Cancel and with Escape, the focus on “%s”',
    async (name) => {
      const { user } = await open('/');
      for (const cancel of [() => user.click(button('Cancel')), () => user.keyboard('{Escape}')]) {
        await user.click(button(name));
        await cancel();
        expect(window.location.pathname).toBe('/');
        expect(screen.queryByRole('form')).toBeNull();
        expect(button(name)).toHaveFocus();
      }
    },
  );

  it.each([
    ['/register', 'Sign up'],
    ['/login', 'Log in'],
  ])('opens on the form at %s', async (path, name) => {
    await open(path);
    expect(screen.getByRole('form', { name })).toBeVisible();
  });
});

describe('a server that does not let everybody sign up', () => {
  it.each([
    ['invitation', /you need an invitation link/],
    ['closed', /doesn’t accept new accounts/],
  ])('where it is “%s” offers to log in alone, and says why', async (signUp, words) => {
    server.on('GET /server', { body: { signUp } });
    const { user } = await open('/');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Sign up' })).toBeNull());
    await user.click(button('Log in'));
    await user.click(button('Cancel'));
    expect(button('Log in')).toHaveFocus();
    window.history.pushState(null, '', '/register');
    window.dispatchEvent(new PopStateEvent('popstate'));
    await waitFor(() => expect(screen.getByText(words).closest('[role=status]')).toBeVisible());
    expect(screen.queryByRole('form')).toBeNull();
  });

  it('lets the first admin in by a set-up link, whose secret goes with the form', async () => {
    server
      .on('GET /server', { body: { signUp: 'closed' } })
      .on('GET /subscriptions', { body: { subscriptions: [] } })
      .on('POST /users', { status: 201, body: { user: { ...aUser(7, 'mona'), role: 'admin' } } });
    const { chat, user } = await open('/register#setup=secret');
    await waitFor(() => expect(server.to('GET /server')).toHaveLength(1));
    expect(screen.getByText('This account will be the admin of this server.')).toBeVisible();
    await user.type(username(), 'mona');
    await user.type(password(), 'correct horse{Enter}');
    await waitFor(() => expect(chat.session.status).toBe('signed-in'));
    expect(server.to('POST /users')[0]?.body).toEqual({
      username: 'mona',
      password: 'correct horse',
      setup: 'secret',
    });
  });
});

describe('signing up', () => {
  it('says at each field what is wrong, and sends nothing', async () => {
    const { user } = await open('/register');
    await user.type(username(), 'mona okafor');
    await user.type(password(), '1234567');
    await user.click(button('Create account'));
    expect(username()).toBeInvalid();
    expect(username()).toHaveAccessibleDescription(/letters, digits/);
    expect(username()).toHaveFocus();
    expect(password()).toBeInvalid();
    expect(password()).toHaveAccessibleDescription(/at least 8/);
    expect(server.to('POST /users')).toEqual([]);
  });

  it('takes the complaint away when the field changes', async () => {
    const { user } = await open('/register');
    await user.click(button('Create account'));
    expect(username()).toBeInvalid();
    await user.type(username(), 'm');
    expect(username()).not.toBeInvalid();
    expect(password()).toBeInvalid();
  });

  it('shows the server’s error at the field that it names, and keeps what was typed', async () => {
    const message = 'This name is taken. Try another one.';
    server.on('POST /users', refusal(409, { code: 'taken', message, field: 'username' }));
    const { user } = await open('/register');
    await user.type(username(), 'mona');
    await user.type(password(), 'correct horse{Enter}');
    expect(await screen.findByText(message)).toBeVisible();
    expect(username()).toHaveAccessibleDescription(message);
    expect(username()).toHaveFocus();
    expect(username()).toHaveValue('mona');
    expect(password()).toHaveValue('correct horse');
    expect(button('Create account')).toBeEnabled();
  });

  it('alerts to an error that belongs to no field', async () => {
    const message = 'Too many attempts. Try again in a minute.';
    server.on('POST /users', refusal(429, { code: 'rate_limited', message, retryAfter: 60 }));
    const { user } = await open('/register');
    await user.type(username(), 'mona');
    await user.type(password(), 'correct horse{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(message);
  });

  it.each([
    ['admin', 1],
    ['member', 0],
  ] as const)('tells who has become an %s of the server so, or nothing', async (role, dialogs) => {
    server
      .on('POST /users', { status: 201, body: { user: { ...aUser(7, 'mona'), role } } })
      .on('GET /subscriptions', { body: { subscriptions: [] } });
    const { user } = await open('/register');
    await user.type(username(), 'mona');
    await user.type(password(), 'correct horse{Enter}');
    expect(await screen.findByRole('button', { name: /^My account: mona/ })).toBeVisible();
    await waitFor(() => {
      const name = 'You are this server’s admin';
      expect(screen.queryAllByRole('dialog', { name })).toHaveLength(dialogs);
    });
  });

  it('cannot be sent twice, and leads home', async () => {
    let answer = (): void => undefined;
    server
      .on('POST /users', () => {
        return new Promise((resolve) => {
          answer = () => resolve({ status: 201, body: { user: aUser(7, 'mona') } });
        });
      })
      .on('GET /subscriptions', { body: { subscriptions: [] } });
    const { user } = await open('/register');
    await user.type(username(), ' mona ');
    await user.type(password(), 'correct horse');
    await user.click(button('Create account'));
    expect(button('Create account')).toBeDisabled();
    await user.type(password(), '{Enter}');
    expect(server.to('POST /users')).toEqual([
      { body: { username: 'mona', password: 'correct horse' }, query: '' },
    ]);
    answer();
    expect(await screen.findByRole('navigation', { name: 'Chats' })).toBeVisible();
    expect(window.location.pathname).toBe('/home');
  });
});

describe('logging in', () => {
  it('asks for both fields and applies no rule to an existing password', async () => {
    const message = 'The username or the password is wrong.';
    server.on('POST /session', refusal(401, { code: 'unauthenticated', message }));
    const { user } = await open('/login');
    await user.click(button('Log in'));
    expect(username()).toHaveAccessibleDescription('Enter your username.');
    expect(password()).toHaveAccessibleDescription('Enter your password.');
    await user.type(username(), 'mona');
    await user.type(password(), 'short{Enter}');
    expect(await screen.findByText(message)).toBeVisible();
    expect(password()).toHaveAccessibleDescription(message);
    expect(password()).toHaveFocus();
  });

  it('keeps the session on this device only if that was chosen', async () => {
    server
      .on('POST /session', { body: { user: aUser(7, 'mona') } })
      .on('GET /subscriptions', { body: { subscriptions: [] } });
    const { user } = await open('/login');
    await user.type(username(), 'mona');
    await user.type(password(), 'correct horse');
    await user.click(screen.getByRole('checkbox', { name: 'Keep me logged in on this device' }));
    await user.click(button('Log in'));
    await waitFor(() =>
      expect(server.to('POST /session')[0]?.body).toEqual({
        username: 'mona',
        password: 'correct horse',
        keep: true,
      }),
    );
  });

  it('shows and hides what is typed', async () => {
    const { user } = await open('/login');
    expect(password()).toHaveAttribute('type', 'password');
    await user.click(button('Show what I type'));
    expect(password()).toHaveAttribute('type', 'text');
    await user.click(button('Hide what I type'));
    expect(password()).toHaveAttribute('type', 'password');
  });
});

describe('the session', () => {
  it.each([
    ['log-out', 'You have logged out.'],
    ['banned', 'You have been banned from this server.'],
    [
      'revoked',
      'You were logged out here from another device, or because your password was changed.',
    ],
  ] as const)('that is over leads back to the landing page, which says why', async (why, words) => {
    server
      .on('GET /session', { body: { user: aUser(7, 'mona') } })
      .on('GET /subscriptions', { body: { subscriptions: [] } });
    const { chat } = await open('/home');
    expect(await screen.findByRole('button', { name: 'Log out' })).toBeVisible();
    chat.session.end(why);
    expect(await screen.findByRole('button', { name: 'Sign up' })).toBeVisible();
    expect(screen.getByText(words)).toBeVisible();
    expect(window.location.pathname).toBe('/');
  });

  it('that cannot be asked for offers another try', async () => {
    server.on('GET /session', refusal(503, { code: 'unavailable', message: 'Not now.' }));
    const { user } = await open('/home');
    expect(await screen.findByText('Not now.')).toBeVisible();
    server
      .on('GET /session', { body: { user: aUser(7, 'mona') } })
      .on('GET /subscriptions', { body: { subscriptions: [] } });
    await user.click(button('Try again'));
    expect(await screen.findByRole('button', { name: 'Log out' })).toBeVisible();
  });
});
