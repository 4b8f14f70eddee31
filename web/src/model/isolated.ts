const directed =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * isolated prepares a name for a sentence whose words it must not reorder: right-to-left letters
 * are isolated, and direction marks removed. In markup, use `unicode-bidi: plaintext` instead.
 */
export function isolated(name: string): string {
  if (!directed.test(name)) return name;
  return `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`;
}
