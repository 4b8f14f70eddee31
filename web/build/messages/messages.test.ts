import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogueOf, translated, typesOf, type Texts } from './catalogue.ts';
import { inlined } from './inline.ts';
import { expressionOf, messageOf } from './message.ts';

const folder = join(import.meta.dirname, '../../messages');
const textsOf = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Texts;
const base = catalogueOf(textsOf('en.json'));

/** The text of a message in a language, for values given as JavaScript. */
function said(text: string, values: Record<string, string> = {}, language = 'en'): unknown {
  const plural = (count: number, forms: Record<string, string>) =>
    forms[`=${count}`] ?? forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
  const code = expressionOf(messageOf(text), new Map(Object.entries(values)));
  return new Function('plural', `return ${code};`)(plural);
}

describe('a message', () => {
  it.each([['It’s “here” \\ `now` $x'], ['two\nlines']])('says what stands there: %s', (text) => {
    expect(said(text)).toBe(text);
  });

  it('puts values in their places, in the order of the language', () => {
    const values = { name: "'Ada'", room: "'kitchen'" };
    expect(said('{name} left {room}.', values)).toBe('Ada left kitchen.');
    expect(said('{room}: ohne {name}', values)).toBe('kitchen: ohne Ada');
    expect(said('`${name}` {name}', values)).toBe('`$Ada` Ada');
  });

  it('takes the form of a number by the rules of the language', () => {
    const english = '{count, plural, =0 {nobody} one {# person} other {# people}} here';
    expect([0, 1, 2].map((count) => said(english, { count: String(count) }))).toEqual([
      'nobody here',
      '1 person here',
      '2 people here',
    ]);
    const polish = '{n, plural, one {# plik} few {# pliki} many {# plików} other {# pliku}}';
    expect([1, 3, 5, 1.5].map((n) => said(polish, { n: String(n) }, 'pl'))).toEqual([
      '1 plik',
      '3 pliki',
      '5 plików',
      '1.5 pliku',
    ]);
  });

  it('works a value out once, however often it is said', () => {
    const values = { count: '(calls.push(1), 3)', name: '(calls.push(2), "Ada")' };
    const text = '{name} {name}: {count, plural, one {# one} other {# many of {name}}}';
    const code = expressionOf(messageOf(text), new Map(Object.entries(values)));
    const calls: number[] = [];
    const plural = (_: number, forms: Record<string, string>) => forms.other;
    expect(new Function('plural', 'calls', `return ${code};`)(plural, calls)).toBe(
      'Ada Ada: 3 many of Ada',
    );
    expect(calls.toSorted()).toEqual([1, 2]);
  });

  it.each([
    ['{count, plural, one {#}}', /OTHER/],
    ['{name', /CLOSING_BRACE/],
    ['{at, date, short}', /only names and plurals/],
    ['{n, selectordinal, one {#st} other {#th}}', /ordinals/],
  ])('refuses what it cannot say: %s', (text, error) => {
    expect(() => messageOf(text)).toThrow(error);
  });
});

describe('the build', () => {
  const catalogue = catalogueOf({
    room: {
      empty: 'No “messages” & <none>',
      by: '{name} wrote',
      count: '{count, plural, one {# letter} other {# letters}}',
    },
  });
  const script = `<script lang="ts">\n  import { m } from '../../messages';\n  let x = $state(1);\n</script>\n`;

  it('makes static markup of a text without values', () => {
    const markup =
      '<p title={m.room.empty()}>{m.room.empty()}</p><i title="a {m.room.empty()}"></i>';
    const text = 'No “messages” &#38; &#60;none&#62;';
    expect(inlined(script + markup, true, catalogue)).toBe(
      `<script lang="ts">\n  \n  let x = $state(1);\n</script>\n<p title="${text}">${text}</p><i title="a ${text}"></i>`,
    );
  });

  it('makes expressions of the others, and of what stands in them', () => {
    const markup = '{m.room.by({ name: x ? m.room.empty() : x })}{m.room.count({ count: x })}';
    expect(inlined(script + markup, true, catalogue)).toBe(
      `<script lang="ts">\n  import { plural } from '../../messages/plural';\n  let x = $state(1);\n</script>\n` +
        "{`${x ? 'No “messages” & <none>' : x} wrote`}" +
        "{`${plural(x, { 'one': `${x} letter`, 'other': `${x} letters` })}`}",
    );
  });

  it('does the same in TypeScript files, and leaves others alone', () => {
    const code = `import { m } from '../messages';\nclass A<T> { #b?: T; c = m.room.by({ name: 'n' }); }\n`;
    expect(inlined(code, false, catalogue)).toBe("\nclass A<T> { #b?: T; c = `${'n'} wrote`; }\n");
    expect(inlined('m.room.by()', false, catalogue)).toBe('m.room.by()');
  });

  it.each([
    ['{m.room.other()}', /room\.other is not in the catalogue/],
    ['{m.room.by({ nobody: x })}', /room\.by: the value of \{name\} is missing/],
    ['{m.room}', /m\.part\.name/],
  ])('refuses %s', (markup, error) => {
    expect(() => inlined(script + markup, true, catalogue)).toThrow(error);
  });
});

describe('a translation', () => {
  const original = catalogueOf({ room: { by: '{name} wrote', none: 'None' } });

  it('takes the place of the base language, which says what it leaves out', () => {
    const german = translated(original, catalogueOf({ room: { by: 'Von {name}' } }));
    expect([...german.values()].map(({ text }) => text)).toEqual(['Von {name}', 'None']);
  });

  it.each([
    [{ room: { more: 'Mehr' } }, /room\.more is not in the base/],
    [{ room: { by: 'Von {wem}' } }, /room\.by: nobody gives \{wem\}/],
    [{ room: { by: '{name, plural, other {#}}' } }, /\{name\} is not a number/],
  ])('may not say what the code does not: %o', (texts, error) => {
    expect(() => translated(original, catalogueOf(texts))).toThrow(error);
  });
});

describe('the catalogue', () => {
  it('has the types that the code is checked by', async () => {
    await expect(typesOf(base)).toMatchFileSnapshot('../../src/messages/messages.gen.ts');
  });

  it('has no message that nothing shows', () => {
    const root = join(import.meta.dirname, '../..');
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(svelte|ts)$/.test(name) && !/\.(test|gen)\.ts$/.test(name))
      .map((name) => readFileSync(join(root, 'src', name), 'utf8'));
    const all = [...sources, readFileSync(join(root, 'index.html'), 'utf8')].join('\n');
    const used = new Set([...all.matchAll(/\bm\.(\w+\.\w+)/g)].map(([, key]) => key));
    expect([...base.keys()].filter((key) => !used.has(key))).toEqual([]);
  });

  it.each(readdirSync(folder))('messages/%s has texts that can be shown', (file) => {
    expect(translated(base, catalogueOf(textsOf(file))).size).toBe(base.size);
  });
});
