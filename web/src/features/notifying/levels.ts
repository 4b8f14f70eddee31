import { m } from '../../messages';
import type { Level } from '../../model/wire';

/** levelWords names a level. One that a later version of the server has introduced is nothing. */
export function levelWords(level: Level): string {
  switch (level) {
    case 'everything':
      return m.notifying.everything();
    case 'mentions':
      return m.notifying.mentions();
    case 'muted':
      return m.notifying.muted();
    default:
      return m.notifying.nothing();
  }
}
