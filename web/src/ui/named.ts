/**
 * named marks a name in a sentence for NamedText, with isolates that also contain its direction.
 */
export function named(name: string): string {
  return `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`;
}

/** partsOf splits a sentence into parts: words and, at every second position, a name. */
export function partsOf(text: string): readonly string[] {
  return text.split(/[\u2068\u2069]/);
}
