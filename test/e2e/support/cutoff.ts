import type { BrowserContext } from '@playwright/test';

const polling = '**/socket.io/?*';
const cookie = 'cut-off';

/** Prepares a new context for cutOff: a page cannot be kept from WebSocket in another way. */
export async function makeCuttable(context: BrowserContext): Promise<void> {
  await context.addInitScript((cookie) => {
    const nobody = 'ws://127.0.0.1:9/'; // the port of discard: the connection is refused
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(document.cookie.includes(cookie) ? nobody : url, protocols);
      }
    };
  }, cookie);
}

/** Keeps new connections from coming about, until the result is called. Pages and REST go on. */
export async function cutOff(context: BrowserContext): Promise<() => Promise<void>> {
  // By the page itself, which would not see at once what is set from outside.
  await context
    .pages()[0]!
    .evaluate((cookie) => (document.cookie = `${cookie}=yes; path=/`), cookie);
  await context.route(polling, (route) => route.abort());
  return async () => {
    await context.clearCookies({ name: cookie });
    await context.unroute(polling);
  };
}
