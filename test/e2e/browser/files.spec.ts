import { readFile } from 'node:fs/promises';
import { expect, expectAccessible, test, type Person } from '../support/fixtures.ts';

interface Chosen {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A photo of that size, drawn by the browser. */
async function photo(who: Person, name: string, width: number, height: number): Promise<Chosen> {
  const base64 = await who.page.evaluate(
    ([width, height]) => {
      const canvas = document.createElement('canvas');
      canvas.width = width as number;
      canvas.height = height as number;
      const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
      const sky = pen.createLinearGradient(0, 0, canvas.width, canvas.height);
      sky.addColorStop(0, '#7c3aed');
      sky.addColorStop(1, '#fb7185');
      pen.fillStyle = sky;
      pen.fillRect(0, 0, canvas.width, canvas.height);
      return canvas.toDataURL('image/jpeg').split(',')[1] as string;
    },
    [width, height],
  );
  return { name, mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') };
}

const text = (name: string, content: string): Chosen => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
});

/** A second of silence, as a WAV file. */
function silence(name: string): Chosen {
  const rate = 8_000;
  const buffer = Buffer.alloc(44 + rate, 128);
  buffer.write('RIFF', 0);
  buffer.writeUInt32LE(36 + rate, 4);
  buffer.write('WAVEfmt ', 8);
  buffer.writeUInt32LE(16, 16); // bytes of the format
  buffer.writeUInt16LE(1, 20); // PCM
  buffer.writeUInt16LE(1, 22); // channel
  buffer.writeUInt32LE(rate, 24);
  buffer.writeUInt32LE(rate, 28); // bytes per second
  buffer.writeUInt16LE(1, 32); // byte per frame
  buffer.writeUInt16LE(8, 34); // bits per sample
  buffer.write('data', 36);
  buffer.writeUInt32LE(rate, 40);
  return { name, mimeType: 'audio/wav', buffer };
}

/** A short video, recorded by the browser. */
async function clip(who: Person, name: string): Promise<Chosen> {
  const base64 = await who.page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 20; frame++) {
      pen.fillStyle = `hsl(${frame * 18} 80% 60%)`;
      pen.fillRect(0, 0, canvas.width, canvas.height);
      await new Promise(requestAnimationFrame);
    }
    recorder.stop();
    await ended;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  });
  return { name, mimeType: 'video/webm', buffer: Buffer.from(base64, 'base64') };
}

const chooser = (who: Person) => who.page.locator('input[type=file]');
const tray = (who: Person) => who.page.getByRole('list', { name: 'Files for your message' });
const send = (who: Person) => who.page.getByRole('button', { name: 'Send' }).click();
const picture = (who: Person, name: string) =>
  who.feed.getByRole('button', { name: `View ${name}` });

/** What is dragged or pasted with these files. */
function transferOf(who: Person, files: Chosen[]) {
  return who.page.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const { name, mimeType, content } of files) {
        const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: mimeType }));
      }
      return transfer;
    },
    files.map(({ name, mimeType, buffer }) => ({
      name,
      mimeType,
      content: buffer.toString('base64'),
    })),
  );
}

/** Drops files onto the page, as from a folder. */
async function drop(who: Person, files: Chosen[]): Promise<void> {
  const dataTransfer = await transferOf(who, files);
  await who.page.dispatchEvent('body', 'dragenter', { dataTransfer });
  await expect(who.page.getByText(/^Drop to send to/)).toBeVisible();
  await who.page.dispatchEvent('body', 'drop', { dataTransfer });
}

async function paste(who: Person, files: Chosen[]): Promise<void> {
  const clipboardData = await transferOf(who, files);
  await who.composer.evaluate((area, clipboardData) => {
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, clipboardData);
}

test('J1 J2 J3 photos and files: attached, dropped, seen, downloaded and deleted', async ({
  three,
}) => {
  const [ada, mona, jun] = three;

  await test.step('several files with a caption reach everybody', async () => {
    await ada.page.getByRole('button', { name: 'Attach' }).click();
    await expect(ada.page.getByRole('menuitem', { name: 'Photo or file' })).toBeVisible();
    await ada.page.keyboard.press('Escape');
    await chooser(ada).setInputFiles([
      await photo(ada, 'lake.jpg', 1200, 600),
      await photo(ada, 'hill.jpg', 600, 900),
      text('plan.txt', 'swim first'),
    ]);
    await expect(tray(ada).getByRole('listitem')).toHaveCount(3);
    await expectAccessible(ada.page);
    await ada.composer.fill('our trip');
    await send(ada);
    for (const who of three) {
      await expect(who.message('our trip')).toBeVisible();
      await expect(picture(who, 'lake.jpg').getByRole('img')).toHaveJSProperty('complete', true);
      await expect(picture(who, 'hill.jpg')).toBeVisible();
      await expect(who.feed.getByRole('link', { name: /plan\.txt/ })).toBeVisible();
    }
    await expect(tray(ada)).toBeHidden();
    await expectAccessible(mona.page);
  });

  await test.step('the viewer goes on with the keys, and Escape closes it', async () => {
    await picture(mona, 'lake.jpg').click();
    const viewer = mona.page.getByRole('dialog', { name: 'Pictures' });
    await expect(viewer.getByText('1 of 2')).toBeVisible();
    await expect(viewer.getByRole('img', { name: 'lake.jpg' })).toBeVisible();
    await expectAccessible(mona.page);
    await mona.page.keyboard.press('ArrowRight');
    await expect(viewer.getByRole('img', { name: 'hill.jpg' })).toBeVisible();
    await expect(viewer.getByText('2 of 2')).toBeVisible();
    await mona.page.keyboard.press('Escape');
    await expect(viewer).toBeHidden();
    await expect(picture(mona, 'lake.jpg')).toBeFocused();
  });

  await test.step('a file is downloaded as it was', async () => {
    const [download] = await Promise.all([
      mona.page.waitForEvent('download'),
      mona.feed.getByRole('link', { name: /plan\.txt/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('plan.txt');
    expect(await readFile(await download.path(), 'utf8')).toBe('swim first');
  });

  await test.step('files can be dropped, and removed before they are sent', async () => {
    await drop(jun, [text('wrong.txt', 'x'), await photo(jun, 'cat.jpg', 40, 30)]);
    await jun.page.getByRole('button', { name: 'Remove wrong.txt' }).click();
    await expect(tray(jun).getByRole('listitem')).toHaveCount(1);
    await send(jun);
    for (const who of three) await expect(picture(who, 'cat.jpg')).toBeVisible();
    await expect(ada.feed.getByText('wrong.txt')).toHaveCount(0);
  });

  await test.step('a picture can be pasted', async () => {
    await paste(jun, [await photo(jun, 'image.png', 50, 50)]);
    await expect(tray(jun).getByRole('listitem')).toHaveCount(1);
    await send(jun);
    for (const who of three) await expect(picture(who, 'image.png')).toBeVisible();
  });

  await test.step('the details list them', async () => {
    await mona.inDetails('Photos and files');
    const files = mona.details.getByRole('region', { name: 'Photos and files' });
    await expect(files.getByRole('button', { name: /^View/ })).toHaveCount(4);
    await expect(files.getByRole('link', { name: /plan\.txt/ })).toBeVisible();
    await expectAccessible(mona.page);
  });

  await test.step('without the message, the file is gone for everybody', async () => {
    const address = await mona.feed.getByRole('link', { name: /plan\.txt/ }).getAttribute('href');
    const get = async () =>
      (await mona.page.request.get(new URL(address!, mona.page.url()).href)).status();
    expect(await get()).toBe(200);
    const { messages } = await (
      await ada.page.request.get(new URL('/api/v1/rooms/1/messages?limit=50', ada.page.url()).href)
    ).json();
    const { seq } = messages.find(({ body }: { body: string }) => body === 'our trip');
    await ada.page.request.delete(new URL(`/api/v1/rooms/1/messages/${seq}`, ada.page.url()).href);
    for (const who of three) await expect(picture(who, 'lake.jpg')).toHaveCount(0);
    expect(await get()).toBe(404);
  });
});

test('J1 an upload goes on after a reload and a lost connection', async ({ three }) => {
  const [ada, mona, jun] = three;
  const large = text('large.txt', 'all of it '.repeat(250_000)); // several requests

  await test.step('in the middle of an upload, the page is loaded again', async () => {
    let requests = 0;
    await ada.page.route('**/api/v1/files/*', async (route) => {
      if (route.request().method() === 'PATCH' && ++requests > 1) return; // it hangs
      await route.continue();
    });
    await chooser(ada).setInputFiles(large);
    await expect.poll(() => requests).toBe(2);
    await expect(tray(ada).getByRole('progressbar', { name: 'Uploading large.txt' })).toBeVisible();
    await expect(tray(ada).getByText(/^[1-9]\d?% uploaded$/)).toBeVisible();
    await ada.composer.fill('finally');
    await send(ada);
    await expect(
      ada.page.getByText('Your message is sent when its file is uploaded.'),
    ).toBeVisible();
    await ada.page.unroute('**/api/v1/files/*');
    await ada.page.reload();
    for (const who of three) {
      await expect(who.message('finally')).toBeVisible();
      await expect(who.feed.getByRole('link', { name: /large\.txt/ })).toBeVisible();
    }
    const [download] = await Promise.all([
      jun.page.waitForEvent('download'),
      jun.feed.getByRole('link', { name: /large\.txt/ }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toBe(large.buffer.toString());
  });

  await test.step('without a connection, it waits', async () => {
    await mona.page.context().setOffline(true);
    await chooser(mona).setInputFiles(text('later.txt', 'hello'));
    await mona.composer.fill('from afar');
    await send(mona);
    await expect(
      mona.page.getByText('Your message is sent when its file is uploaded.'),
    ).toBeVisible();
    await mona.page.context().setOffline(false);
    for (const who of three) await expect(who.message('from afar')).toBeVisible();
    await expect(jun.feed.getByRole('link', { name: /later\.txt/ })).toHaveCount(1);
  });

  await test.step('what the server refuses says so, and can be removed', async () => {
    await jun.page.route('**/api/v1/files', (route) =>
      route.fulfill({
        status: 413,
        json: {
          error: { code: 'too_large', message: 'You have no space left for files.', field: 'size' },
        },
      }),
    );
    await chooser(jun).setInputFiles(text('more.txt', 'more'));
    await expect(tray(jun).getByText('You have no space left for files.')).toBeVisible();
    await expectAccessible(jun.page);
    await jun.page.unroute('**/api/v1/files');
    await jun.page.getByRole('button', { name: 'Upload more.txt again' }).click();
    await send(jun);
    await expect(ada.feed.getByRole('link', { name: /more\.txt/ })).toBeVisible();
  });
});

test('J2 pictures are swiped through, and video and audio play in their message', async ({
  three,
}) => {
  const [ada, mona] = three;
  await chooser(ada).setInputFiles([
    await photo(ada, 'one.jpg', 600, 400),
    await photo(ada, 'two.jpg', 600, 400),
    await clip(ada, 'clip.webm'),
    silence('quiet.wav'),
  ]);
  await ada.composer.fill('listen');
  await send(ada);

  await test.step('swipes go on and back, and a swipe down closes', async () => {
    await picture(mona, 'one.jpg').click();
    const viewer = mona.page.getByRole('dialog', { name: 'Pictures' });
    const swipe = async (x: number, y: number) => {
      await mona.page.mouse.move(400, 300);
      await mona.page.mouse.down();
      await mona.page.mouse.move(400 + x, 300 + y, { steps: 3 });
      await mona.page.mouse.up();
    };
    await expect(viewer.getByText('1 of 2')).toBeVisible();
    await swipe(-120, 10);
    await expect(viewer.getByText('2 of 2')).toBeVisible();
    await swipe(120, 10);
    await expect(viewer.getByText('1 of 2')).toBeVisible();
    await swipe(10, 160);
    await expect(viewer).toBeHidden();
  });

  for (const [kind, name] of [
    ['video', 'clip.webm'],
    ['audio', 'quiet.wav'],
  ] as const)
    await test.step(`${kind} plays where it is`, async () => {
      const player = mona.feed.locator(`${kind}[aria-label="${name}"]`);
      await expect(player).toBeVisible();
      await player.evaluate((media: HTMLMediaElement) => {
        media.muted = true;
        return media.play();
      });
      await expect
        .poll(() => player.evaluate((media: HTMLMediaElement) => media.currentTime))
        .toBeGreaterThan(0);
    });
  await expectAccessible(mona.page);
});

test('J1 files are attached to a reply in a thread, apart from those of the room', async ({
  three: [ada, mona, jun],
}) => {
  const pane = (who: Person) => who.page.getByRole('complementary', { name: 'Thread' });
  const inThread = (who: Person) => pane(who).locator('input[type=file]');
  const inRoom = (who: Person) => who.page.locator('main input[type=file]');
  const threadTray = (who: Person) =>
    pane(who).getByRole('list', { name: 'Files for your message' });

  await ada.write('who has the map');
  const open = async () => {
    const root = mona.feed.getByRole('article', { name: /who has the map/ });
    await root.hover();
    await root.getByRole('button', { name: 'Message actions' }).click();
    await mona.page.getByRole('menuitem', { name: 'Reply in a thread' }).click();
  };
  await open();

  await test.step('each composer has its own files', async () => {
    await inRoom(mona).setInputFiles(text('room.txt', 'for all'));
    await inThread(mona).setInputFiles([
      await photo(mona, 'map.jpg', 80, 60),
      text('route.txt', 'left'),
    ]);
    await expect(threadTray(mona).getByRole('listitem')).toHaveCount(2);
    await expect(mona.page.locator('main').getByText('room.txt')).toBeVisible();
    await expectAccessible(mona.page);
  });

  await test.step('a reload keeps them for the thread', async () => {
    await mona.page.reload();
    await open();
    await expect(threadTray(mona).getByRole('listitem')).toHaveCount(2);
  });

  await test.step('they are sent into the thread, and not into the room', async () => {
    await pane(mona).getByRole('textbox').fill('here it is');
    await pane(mona).getByRole('textbox').press('Enter');
    await expect(pane(mona).getByRole('button', { name: 'View map.jpg' })).toBeVisible();
    await expect(threadTray(mona)).toBeHidden();
    await expect(ada.feed.getByRole('article', { name: /who has the map/ })).toContainText(
      '1 reply',
    );
    await expect(ada.message('here it is')).toHaveCount(0);
    await ada.feed.getByRole('button', { name: '1 reply' }).click();
    await expect(pane(ada).getByRole('link', { name: /route\.txt/ })).toBeVisible();
    await expect(pane(ada).getByRole('button', { name: 'View map.jpg' })).toBeVisible();
  });

  await test.step('files that are dropped onto the thread belong to it', async () => {
    await jun.feed.getByRole('button', { name: '1 reply' }).click();
    await expect(pane(jun).getByRole('textbox')).toBeVisible();
    const dataTransfer = await transferOf(jun, [text('late.txt', 'late')]);
    await pane(jun).getByRole('log').dispatchEvent('drop', { dataTransfer });
    await expect(threadTray(jun).getByRole('listitem')).toHaveCount(1);
    await expect(jun.page.locator('main').getByText('late.txt')).toHaveCount(0);
    await pane(jun).getByRole('button', { name: 'Send' }).click();
    await expect(pane(mona).getByRole('link', { name: /late\.txt/ })).toBeVisible();
  });
});
