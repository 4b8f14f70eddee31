// @vitest-environment node
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

describe('the lint rule', () => {
  const eslint = new ESLint();
  const found = async (code: string, filePath: string) => {
    const [result] = await eslint.lintText(code, { filePath });
    return result?.messages.filter(({ message }) => message.includes('isolated')).length;
  };
  const inScript = (code: string) =>
    found(`export const f = (user?: { username: string }) => ${code};`, 'src/model/some.ts');
  const inMarkup = (code: string) => found(code, 'src/features/room/Some.svelte');

  it.each([
    ['a template', '`Removed ${user.username}`'],
    ['a template, where it may be missing', '`Removed ${user?.username}`'],
    ['a message', 'm.members.removed({ name: user.username })'],
    ['a message, where it may be missing', 'm.members.removed({ name: user?.username })'],
  ])('refuses a bare name in %s', async (_name, code) => {
    expect(await inScript(code)).toBe(1);
  });

  it.each([
    ['an attribute', '<div aria-label="Actions for {user.username}"></div>'],
    ['a property', '<Menu label="Actions for {user.username}" />'],
    ['the end of a sentence', '<p>By {user.username}</p>'],
    ['the beginning of a sentence', '<p>{user.username} invites you</p>'],
    ['the beginning, where it may be missing', '<p>{user?.username} invites you</p>'],
    ['a sentence with more', '<p>By <b>her</b>, {room.name}</p>'],
  ])('refuses a bare name in %s', async (_name, code) => {
    expect(await inMarkup(code)).toBeGreaterThan(0);
  });

  it('lets isolated names be in sentences', async () => {
    expect(await inScript('`Removed ${isolated(user.username)}`')).toBe(0);
    expect(await inScript('m.members.removed({ name: isolated(user.username) })')).toBe(0);
    expect(await inMarkup('<p>By {isolated(user.username)}</p>')).toBe(0);
    expect(await inMarkup('<p>By <bdi>{user.username}</bdi></p>')).toBe(0);
  });

  it('lets names stand alone', async () => {
    expect(await inMarkup('<b>{user.username}</b>')).toBe(0);
    expect(await inMarkup('<Avatar name={user.username} />')).toBe(0);
    expect(await inMarkup('<b>\n  {user.username}\n</b>')).toBe(0);
  });
});
