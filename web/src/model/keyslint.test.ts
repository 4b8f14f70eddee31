// @vitest-environment node
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

describe('the lint rule', () => {
  const eslint = new ESLint();
  const found = async (code: string, filePath = 'src/features/room/some.ts') => {
    const [result] = await eslint.lintText(code, { filePath });
    return result?.messages.filter(({ ruleId }) => ruleId === 'no-restricted-syntax').length;
  };

  it.each([
    ['event.key', 'export const f = (event: KeyboardEvent) => event.key;'],
    ['another name', 'export const f = (e: KeyboardEvent) => e.key;'],
    ['a code', 'export const f = (event: KeyboardEvent) => event.code;'],
    ['isComposing', 'export const f = (pressed: KeyboardEvent) => pressed.isComposing;'],
    ['destructuring', 'export const f = ({ key }: KeyboardEvent) => key;'],
    [
      'destructuring inside',
      'export const f = (e: KeyboardEvent) => { const { code } = e; return code; };',
    ],
  ])('refuses to read %s', async (_name, code) => {
    expect(await found(code)).toBeGreaterThan(0);
  });

  it('refuses it in components, too', async () => {
    const code = '<input onkeydown={(event) => event.key} />';
    expect(await found(code, 'src/features/room/Some.svelte')).toBe(1);
  });

  it('lets handlers ask keyOf, and rows have keys', async () => {
    const code =
      "import { keyOf } from '../../model/keys';\n" +
      'export const f = (event: KeyboardEvent) => keyOf(event);\n' +
      'export const g = (row: { key: string }) => row.key;';
    expect(await found(code)).toBe(0);
  });
});
