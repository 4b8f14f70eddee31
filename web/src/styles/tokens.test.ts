import { expect, it } from 'vitest';
import tokens from './tokens.css?raw';

const files = import.meta.glob<string>('../**/*.svelte', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const components = Object.entries(files).map(([name, text]) => ({ name, text }));

/** What a component must not say by itself: sizes of text, radii, and the colours behind the meanings. */
const raw = [
  /(?:font-size|radius): [^;]*\d(?:rem|px|em|%)/,
  /font: [^;]*\d(?:rem|px|em|%)/,
  /var\(--(?:grape|coral|mint|violet|font-\d|corner)/,
];

it.each(components)(
  '$name takes sizes of text, radii and colours from the meanings',
  ({ text }) => {
    const found = text.split('\n').filter((line) => raw.some((pattern) => pattern.test(line)));
    expect(found).toEqual([]);
  },
);

it('every meaning that a component uses is there', () => {
  const used = components.flatMap(({ name, text }) =>
    [...text.matchAll(/var\((--(?:color|text|radius|space|shadow|motion|size)-[\w-]+)\)/g)].map(
      ([, token]) => ({ name, token: String(token) }),
    ),
  );
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter(({ token }) => !tokens.includes(`${token}:`))).toEqual([]);
});
