import { expect, test } from '../support/fixtures.ts';

test('I4 the browser offers to install the client, with a name and icons of its own', async ({
  person,
  server,
}) => {
  const ada = await person('ada');
  await ada.signUp();
  const devtools = await ada.page.context().newCDPSession(ada.page);
  const { url, errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(url).toMatch(`${server.url}/assets/`);
  const manifest = JSON.parse(data ?? '') as {
    name: string;
    icons: { src: string; sizes: string }[];
  };
  expect(manifest.name).toBe('PartyChat');
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // The only obstacle is that the tests' profiles are all incognito.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);

  const touch = await ada.page.locator('link[rel=apple-touch-icon]').getAttribute('href');
  const icons = [...manifest.icons, { src: touch ?? '', sizes: '180x180' }];
  for (const { src, sizes } of icons) {
    const size = await ada.page.evaluate(async (address) => {
      const answer = await fetch(address);
      const { width, height } = await createImageBitmap(await answer.blob());
      return `${answer.headers.get('content-type') ?? ''} ${String(width)}x${String(height)}`;
    }, src);
    expect(size).toBe(`image/png ${sizes}`);
  }
});
