import { describe, expect, it } from 'vitest';
import { hasEnded, homePath, landingPath, routeOf, wantedIn } from './route';

describe('routeOf', () => {
  it.each([
    ['/', { page: 'landing', form: 'none' }],
    ['/register', { page: 'landing', form: 'signUp' }],
    ['/login', { page: 'landing', form: 'logIn' }],
    ['/home', { page: 'home', room: undefined }],
    ['/home/', { page: 'home', room: undefined }],
    ['/home/12', { page: 'home', room: 12 }],
    ['/home/12/205', { page: 'home', room: 12, seq: 205 }],
    ['/home/12/0', { page: 'notFound' }],
    ['/home/12/205/', { page: 'notFound' }],
    ['/home/9007199254740991', { page: 'home', room: Number.MAX_SAFE_INTEGER }],
    ['/home/9007199254740993', { page: 'notFound' }],
    ['/home/0', { page: 'notFound' }],
    ['/home/-1', { page: 'notFound' }],
    ['/home/1.5', { page: 'notFound' }],
    ['/home/main', { page: 'notFound' }],
    ['/elsewhere', { page: 'notFound' }],
  ])('reads %s', (path, want) => {
    expect(routeOf(path)).toEqual(want);
  });

  it('parses what homePath creates', () => {
    expect(routeOf(homePath(7))).toEqual({ page: 'home', room: 7 });
    expect(routeOf(homePath())).toEqual({ page: 'home', room: undefined });
    expect(routeOf(homePath(7, 205))).toEqual({ page: 'home', room: 7, seq: 205 });
  });
});

describe('the way back after logging in', () => {
  it.each([
    ['/home/42', '/?to=%2Fhome%2F42', '/home/42'],
    ['/home', '/', undefined],
  ])('from %s leads by %s', (wanted, path, back) => {
    expect(landingPath(wanted)).toBe(path);
    expect(wantedIn(new URL(path, 'http://localhost').search)).toBe(back);
  });

  it.each([
    '?to=https://evil.example/home/1',
    '?to=//evil.example/home/1',
    '?to=/join/x',
    '?to=',
    '',
  ])('does not lead anywhere but home: %s', (search) => {
    expect(wantedIn(search)).toBeUndefined();
  });

  it('says whether the session had ended', () => {
    expect(hasEnded('?ended=')).toBe(true);
    expect(hasEnded('?to=%2Fhome%2F42')).toBe(false);
  });
});
