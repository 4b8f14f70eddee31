const directed =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * isolated gives a name for use in a sentence, whose words it must not put into another order: letters
 * written from right to left keep to themselves, and marks that change the direction are left out.
 * In markup, `unicode-bidi: plaintext` does it.
 */
export function isolated(name: string): string {
  if (!directed.test(name)) return name;
  return `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`;
}
