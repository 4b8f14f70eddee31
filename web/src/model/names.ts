/**
 * nameMatches tells whether a name has what has been typed so far in it. The
 * server is stricter, but answers later: until then this leaves out those who
 * were found by an earlier text.
 */
export function nameMatches(username: string, typed: string): boolean {
  return username.toLowerCase().includes(typed.trim().toLowerCase());
}
