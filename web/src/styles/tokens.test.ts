import { expect, it } from 'vitest';
import base from './base.css?raw';
import tokens from './tokens.css?raw';

const files = import.meta.glob<string>('../**/*.svelte', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const components = Object.entries(files).map(([name, text]) => ({ name, text }));

/**
 * Raw values that a component must not contain: colours and lengths behind the meanings, text
 * sizes, and radii.
 */
const raw = [
  /(?:font-size|radius): [^;]*\d(?:rem|px|em|%)/,
  /font: [^;]*\d(?:rem|px|em|%)/,
  /var\(--(?:grape|coral|mint|violet|font-\d|corner|length)/,
];

/** A raw length. A hairline of one pixel is allowed, and media queries cannot read tokens. */
const length = /(?<![\w.-])-?(?!1px)[\d.]*\d(?:px|rem|pt|cm|mm)\b/;

function rawLines(style: string): string[] {
  const lines = style.replace(/\/\*[\s\S]*?\*\//g, '').split('\n');
  return lines.filter(
    (line) =>
      raw.some((pattern) => pattern.test(line)) ||
      (!/@(media|container)/.test(line) && length.test(line)),
  );
}

const stylesOf = (text: string) => /<style[^>]*>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';

it.each([
  'padding: 0.5rem;',
  'margin: -2px 0;',
  'gap: 11px',
  'inset: calc(100% + .25rem)',
  'border: 2px solid',
  'inline-size: min(22rem, 100%)',
  'border-radius: 50%',
  'color: var(--grape-500)',
])('%s is raw', (line) => {
  expect(rawLines(line)).toEqual([line]);
});

it.each([
  'border: 1px solid var(--color-line)',
  'padding: 0 var(--space-2)',
  'margin: calc(-1px - var(--space-3))',
  '@media (width < 40em) {',
  'max-block-size: min(var(--height-list), 60dvh)',
  'padding-inline: 0.3em',
  '/* 12px */',
])('%s is not', (line) => {
  expect(rawLines(line)).toEqual([]);
});

it.each(components)('$name takes its lengths, radii and colours from the meanings', ({ text }) => {
  expect(rawLines(stylesOf(text))).toEqual([]);
});

it('every meaning that a component uses is there', () => {
  const used = components.flatMap(({ name, text }) =>
    [
      ...text.matchAll(
        /var\((--(?:color|text|radius|space|shadow|motion|size|width|height|leading|border|focus)-[\w-]+)\)/g,
      ),
    ].map(([, token]) => ({ name, token: String(token) })),
  );
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter(({ token }) => !tokens.includes(`${token}:`))).toEqual([]);
});

it('every token is used', () => {
  const styles = [tokens, base, ...components.map(({ text }) => text)].join('\n');
  const defined = [...tokens.matchAll(/^ +(--[\w-]+):/gm)].map(([, token]) => String(token));
  expect(defined.length).toBeGreaterThan(100);
  expect(defined.filter((token) => !styles.includes(`var(${token})`))).toEqual([]);
});
