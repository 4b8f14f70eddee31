/** named marks a name in a sentence for NamedText, by the isolates that also keep its direction to itself. */
export function named(name: string): string {
  return `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`;
}

/** partsOf gives a sentence in pieces: words and, at every second place, a name. */
export function partsOf(text: string): readonly string[] {
  return text.split(/[\u2068\u2069]/);
}
