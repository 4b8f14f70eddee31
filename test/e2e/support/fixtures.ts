import { AxeBuilder } from '@axe-core/playwright';
import {
  test as base,
  expect,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from '@playwright/test';
import { makeCuttable } from './cutoff.ts';
import { Client } from './client.ts';
import { Server } from './server.ts';

export { expect };

/** A person at a browser of their own. */
export class Person {
  readonly page: Page;
  readonly username: string;
  readonly password: string;
  readonly #server: Server;

  constructor(page: Page, username: string, server: Server) {
    this.page = page;
    this.username = username;
    this.password = `password of ${username}`;
    this.#server = server;
  }

  async signUp(): Promise<void> {
    await this.page.goto(this.#server.url);
    await this.page.getByRole('button', { name: 'Sign up' }).click();
    await this.fillIn('Create account');
    await expect(this.page).toHaveURL(/\/home/);
    if ((await this.account()).role === 'admin')
      await this.page.getByRole('dialog').getByRole('button', { name: 'Later' }).click();
    await this.openMain();
  }

  /** Opens the room that everybody is in from the start. */
  async openMain(): Promise<void> {
    await this.page.getByRole('link', { name: /^main( \d+ unread)?$/ }).click();
    await expect(this.page).toHaveURL(/\/home\/1$/);
  }

  /** Signs up without the form, and opens the main room. */
  async arrive(): Promise<void> {
    const { username, password } = this;
    const answer = await this.page.request.post(`${this.#server.url}/api/v1/users`, {
      data: { username, password },
    });
    expect(answer.status(), `sign-up of ${username}`).toBe(201);
    await this.page.goto(`${this.#server.url}/home/1`);
    await expect(this.composer).toBeVisible();
  }

  /** Who is signed in. */
  async account(): Promise<{ id: number; role: string }> {
    const answer = await this.page.request.get(`${this.#server.url}/api/v1/session`);
    return (await answer.json()).user;
  }

  /** The id of the room on screen. */
  place(): number {
    return Number(new URL(this.page.url()).pathname.split('/').at(-1));
  }

  async logIn(): Promise<void> {
    await this.page.goto(this.#server.url);
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await this.fillIn('Log in');
    await expect(this.page).toHaveURL(/\/home/);
    await this.openMain();
  }

  async logOut(page: Page = this.page): Promise<void> {
    await page.getByRole('button', { name: 'Log out' }).click();
  }

  /** Fills the form that is shown and sends it. */
  async fillIn(button: string, username = this.username, password = this.password): Promise<void> {
    await this.page.getByLabel('Username').fill(username);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: button }).click();
  }

  /** Chooses an item of the menu that starts a chat. */
  async begin(item: 'Create room' | 'Find people'): Promise<void> {
    await this.page.getByRole('button', { name: 'New chat' }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** The pane with the room's details. */
  get details(): Locator {
    return this.page.getByRole('complementary', { name: /^(Room details|Details)$/ });
  }

  /** The room's name in the header, which toggles the details. */
  get detailsButton(): Locator {
    return this.page.getByTitle(/^(Room details|Details)$/);
  }

  async openDetails(): Promise<void> {
    const expanded = await this.detailsButton.getAttribute('aria-expanded');
    if (expanded !== 'true') await this.detailsButton.click();
    await expect(this.details).toBeVisible();
  }

  /** Clicks a button in the room's details. */
  async inDetails(button: string): Promise<void> {
    await this.openDetails();
    await this.details.getByRole('button', { name: button }).click();
  }

  async createRoom(name: string, topic = ''): Promise<void> {
    await this.begin('Create room');
    const dialog = this.page.getByRole('dialog', { name: 'Create a room' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Topic').fill(topic);
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(this.heading(name)).toBeVisible();
  }

  /** Finds somebody in the list of people and opens the conversation. */
  async converse(username: string): Promise<void> {
    await this.begin('Find people');
    const people = this.page.getByRole('dialog', { name: 'People' });
    await people.getByRole('combobox').fill(username);
    await people.getByRole('option', { name: username }).click();
    await expect(people).toBeHidden();
    await expect(this.heading(username)).toBeVisible();
  }

  /** Makes an invitation link in the dialog that is open, and gives it. */
  async makeLink(): Promise<string> {
    const dialog = this.page.getByRole('dialog', { name: /^Invite to/ });
    await dialog.getByRole('button', { name: 'Create a link' }).click();
    return dialog.getByLabel('Link', { exact: true }).inputValue();
  }

  /** The row of the one-to-one conversation with somebody. */
  conversation(username: string): Locator {
    return this.page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('link', { name: new RegExp(`^${username}\\b`) });
  }

  /** The row of a room. */
  room(name: string): Locator {
    return this.rooms.getByRole('link', { name: new RegExp(`^${name}\\b`) });
  }

  /** The line that says who is typing. */
  get typing(): Locator {
    return this.page.getByRole('main').getByText(/typing…$/);
  }

  /** Types into the search bar and chooses the room from what it completes to. */
  async findRoom(typed: string, name: string): Promise<void> {
    await this.search.pressSequentially(typed);
    // Behind the rooms, the list offers to search messages for the same text.
    await this.page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
    await expect(this.heading(name)).toBeVisible();
  }

  /** Writes and sends with Enter, or with the button. */
  async write(body: string, how: 'Enter' | 'button' = 'Enter'): Promise<void> {
    await this.composer.fill(body);
    if (how === 'Enter') await this.composer.press('Enter');
    else await this.page.getByRole('button', { name: 'Send' }).click();
    await expect(this.message(body)).toBeVisible();
  }

  /**
   * Opens the editor of one's last message with the keyboard, and returns its text box. A
   * message can be edited once the server has stored it, and pressing earlier does nothing.
   */
  async editLast(): Promise<Locator> {
    const box = this.page.getByRole('textbox', { name: 'Edit your message' });
    await expect(async () => {
      await this.composer.press('ArrowUp');
      await expect(box).toBeVisible({ timeout: 1000 });
    }).toPass();
    return box;
  }

  get search(): Locator {
    return this.page.getByRole('combobox', { name: /^Find/ });
  }

  get rooms(): Locator {
    return this.page.getByRole('navigation', { name: 'Chats' });
  }

  get feed(): Locator {
    return this.page.locator('div.messages');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Message/ });
  }

  /** Turns the wheel over the feed and waits until the scrolling has come to rest. */
  async scroll(by: number): Promise<void> {
    await this.feed.hover();
    await this.page.mouse.wheel(0, by);
    await this.feed.evaluate(async (feed: any) => {
      let before = NaN;
      for (let calm = 0; calm < 20; calm = feed.scrollTop === before ? calm + 1 : 0) {
        before = feed.scrollTop;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name });
  }

  message(body: string): Locator {
    return this.feed.getByText(body, { exact: true });
  }
}

/**
 * Acts again and again until the consequence is seen, which lasts only for a moment, as that somebody types. It is
 * looked for with soon.
 */
export async function repeatUntil(
  act: () => Promise<unknown>,
  seen: (soon: typeof expect) => Promise<unknown>,
): Promise<void> {
  const soon = expect.configure({ timeout: 1_500 });
  await expect(async () => {
    await act();
    await seen(soon);
  }).toPass();
}

interface Fixtures {
  /** A server of this test's own. */
  server: Server;
  /** Someone at a browser of their own, not signed up yet. */
  person: (username: string, options?: BrowserContextOptions) => Promise<Person>;
  /** Three people who have signed up: ada, mona and jun, each at a browser of their own. */
  three: [ada: Person, mona: Person, jun: Person];
  /** Someone who has signed up, without a browser: for what has to be there before. */
  program: (username: string) => Promise<Client>;
}

export const test = base.extend<Fixtures>({
  server: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
  person: async ({ browser, server, contextOptions }, use) => {
    const people: Person[] = [];
    await use(async (username, options = {}) => {
      const person = new Person(
        await newPage(browser, { ...contextOptions, ...options }),
        username,
        server,
      );
      people.push(person);
      return person;
    });
    await Promise.all(people.map((person) => person.page.context().close()));
  },
  three: async ({ person }, use) => {
    const arrived = async (username: string) => {
      const someone = await person(username);
      await someone.arrive();
      return someone;
    };
    await use(await Promise.all([arrived('ada'), arrived('mona'), arrived('jun')]));
  },
  program: async ({ server }, use) => {
    const clients: Client[] = [];
    await use(async (username) => {
      const client = await Client.signUp(server.url, username);
      await client.connect('websocket');
      clients.push(client);
      return client;
    });
    for (const client of clients) client.socket.close();
  },
});

async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  await makeCuttable(context);
  await countMotions(context);
  const page = await context.newPage();
  // An error in the page is a failure of the test, wherever it happens.
  page.on('pageerror', (error) => {
    throw error;
  });
  return page;
}

/** Has pages count, in `motions`, how often something in them has begun to fade or to move. */
async function countMotions(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const counter = window as unknown as { motions: number };
    counter.motions = 0;
    for (const event of ['animationstart', 'transitionrun'])
      document.addEventListener(event, () => counter.motions++, true);
  });
}

/** Waits until nothing in the page fades or moves any more, and gives how often something has begun to. */
async function stillness(page: Page): Promise<unknown> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ playState, effect }) =>
          playState === 'finished' || effect?.getComputedTiming().endTime === Infinity,
      ),
  );
  return page.evaluate('window.motions');
}

/** How often axe looks at a page in which something goes on beginning to move. */
const looks = 5;

/** Fails if axe finds a broken rule on what the page shows while nothing in it fades or moves. */
export async function expectAccessible(page: Page): Promise<void> {
  // What is half faded in has neither its colours nor its place. Axe takes a while,
  // in which something may begin to.
  const look = async () => {
    const before = await stillness(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    return { violations, isStill: (await stillness(page)) === before };
  };
  let { violations, isStill } = await look();
  for (let n = 1; n < looks && !isStill; n++) ({ violations, isStill } = await look());
  expect(
    violations.map(
      (v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`,
    ),
  ).toEqual([]);
}
