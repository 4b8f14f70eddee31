const rules = new Intl.PluralRules(__LANGUAGE__);

/**
 * plural selects the form of a message for a number, by the rules of the language. build/messages
 * generates calls to it.
 */
export function plural(count: number, forms: Readonly<Record<string, string>>): string {
  return forms[`=${count}`] ?? forms[rules.select(count)] ?? String(forms.other);
}
