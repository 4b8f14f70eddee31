import type { User } from '../model/wire';

/** Revised is the part of a copy of a person by which copies are compared. */
interface Revised {
  readonly id: number;
  readonly profileRev?: number;
}

/**
 * Profiles has the latest profiles that have arrived by themselves. Messages and lists have their
 * own copies, which may be older.
 */
export class Profiles {
  /** By user. Live replaces it. */
  latest = $state.raw<ReadonlyMap<number, User>>(new Map());

  /** of returns the latest copy of a person. */
  of<P extends Revised>(person: P): P | User {
    const latest = this.latest.get(person.id);
    return latest && (latest.profileRev ?? 0) > (person.profileRev ?? 0) ? latest : person;
  }
}

/** keepProfiles adds profiles, unless later ones are known. */
export function keepProfiles(profiles: Profiles, users: readonly User[]): void {
  const latest = new Map(profiles.latest);
  for (const user of users) latest.set(user.id, profiles.of(user));
  profiles.latest = latest;
}
