// @vitest-environment node
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

describe('the lint rule', () => {
  const eslint = new ESLint();
  const found = async (code: string, filePath: string) => {
    const [result] = await eslint.lintText(code, { filePath });
    return result?.messages.filter(({ message }) => message.includes('messages/en.json')).length;
  };
  const inScript = (code: string) => found(`export const f = () => ${code};`, 'src/model/some.ts');
  const inMarkup = (code: string) => found(code, 'src/features/room/Some.svelte');

  it.each([
    ['an element', '<p>Leave</p>'],
    ['a block', '{#if busy}leaving{/if}'],
    ['a component', '<Button>Leave</Button>'],
    ['a sentence with a value', '<p>Leave {place}</p>'],
    ['an attribute', '<button aria-label="Leave"></button>'],
    ['an attribute with a value', '<button title="Leave {place}"></button>'],
    ['a property', '<Dialog title="Leave" />'],
    ['an expression', "<p>{busy ? 'leaving' : ''}</p>"],
    ['an expression in a property', "<Dialog title={busy ? 'Leaving it' : ''} />"],
  ])('refuses a text in %s', async (_name, code) => {
    expect(await inMarkup(code)).toBe(1);
  });

  it.each([
    ['a sentence', "'You left.'"],
    ['words after a value', '`${name} left`'],
    ['words before a value', '`Members: ${names}`'],
    ['an option', "[{ value: 0, label: 'Never' }]"],
    ['a note', "toasts.show('Copied')"],
  ])('refuses %s in a script', async (_name, code) => {
    expect(await inScript(code)).toBe(1);
  });

  it.each([
    '<p>{m.room.leave()}</p>',
    '<p title={m.room.leave()}>· {count} —</p>',
    '<div class="a list"></div>',
    "<Button kind={isNew ? 'primary' : 'quiet'} />",
    '<style>p { color: red }</style>',
  ])('lets be in markup: %s', async (code) => {
    expect(await inMarkup(code)).toBe(0);
  });

  it.each([
    "new Error('the page has no app')",
    '`/rooms/${id}`',
    "key === 'ArrowDown'",
    "'log-out'",
  ])('lets be in scripts: %s', async (code) => {
    expect(await inScript(code)).toBe(0);
  });
});
