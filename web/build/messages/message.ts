import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';

/** The values that a message takes, by name. */
export type Parameters = ReadonlyMap<string, 'string' | 'number'>;

/** Message is one text of a catalogue, written in ICU MessageFormat: {name}, and {count, plural, one {…} other {…}}. */
export interface Message {
  readonly text: string;
  readonly elements: readonly MessageFormatElement[];
  readonly parameters: Parameters;
}

/** messageOf parses a text. It throws an error that says what is wrong with it. */
export function messageOf(text: string): Message {
  const elements = parse(text, { ignoreTag: true, shouldParseSkeletons: false });
  const parameters = new Map<string, 'string' | 'number'>();
  collect(elements, parameters);
  return { text, elements, parameters };
}

function collect(elements: readonly MessageFormatElement[], into: Map<string, string>): void {
  for (const element of elements) {
    switch (element.type) {
      case TYPE.literal:
      case TYPE.pound:
        break;
      case TYPE.argument:
        if (!into.has(element.value)) into.set(element.value, 'string');
        break;
      case TYPE.plural:
        if (element.pluralType !== 'cardinal' || element.offset !== 0) {
          throw new Error(`{${element.value}}: ordinals and offsets are not supported`);
        }
        into.set(element.value, 'number');
        for (const option of Object.values(element.options)) collect(option.value, into);
        break;
      default:
        throw new Error(
          `{${'value' in element ? element.value : '…'}}: only names and plurals are supported`,
        );
    }
  }
}

/** isPlain reports whether a message has the same text for all values. */
export function isPlain({ elements }: Message): boolean {
  return elements.every(({ type }) => type === TYPE.literal);
}

/** plainText returns the text of a plain message. */
export function plainText({ elements }: Message): string {
  return elements.map((element) => (element.type === TYPE.literal ? element.value : '')).join('');
}

/** hasPlural reports whether the code of a message calls `plural`. */
export function hasPlural({ elements }: Message): boolean {
  return elements.some(({ type }) => type === TYPE.plural);
}

/** expressionOf returns the JavaScript expression of a message; `values` is the source of each value. */
export function expressionOf(message: Message, values: ReadonlyMap<string, string>): string {
  if (isPlain(message)) return quoted(plainText(message));
  // Evaluate an expression only once.
  const repeated = [...values].filter(
    ([name, source]) => !/^[\w.]+$/.test(source) && usesOf(message.elements, name) > 1,
  );
  const names = new Map([...values, ...repeated.map(([name]) => [name, name] as const)]);
  const template = templateOf(message.elements, names, '');
  if (repeated.length === 0) return template;
  const sources = repeated.map(([, source]) => source);
  return `((${repeated.map(([name]) => name).join(', ')}) => ${template})(${sources.join(', ')})`;
}

function usesOf(elements: readonly MessageFormatElement[], name: string): number {
  return elements.reduce((sum, element) => {
    if (element.type === TYPE.argument) return sum + Number(element.value === name);
    if (element.type !== TYPE.plural) return sum;
    const inside = Object.values(element.options).reduce(
      (most, { value }) =>
        most + usesOf(value, name) + Number(JSON.stringify(value).includes('"type":7')),
      0,
    );
    return sum + inside + Number(element.value === name);
  }, 0);
}

function templateOf(
  elements: readonly MessageFormatElement[],
  values: ReadonlyMap<string, string>,
  counted: string,
): string {
  const valueOf = (name: string): string => {
    const source = values.get(name);
    if (source === undefined) throw new Error(`the value of {${name}} is missing`);
    return source;
  };
  const parts = elements.map((element) => {
    switch (element.type) {
      case TYPE.literal:
        return element.value.replace(/[\\`]|\$\{/g, '\\$&');
      case TYPE.argument:
        return `\${${valueOf(element.value)}}`;
      case TYPE.pound:
        return `\${${counted}}`;
      case TYPE.plural: {
        const count = valueOf(element.value);
        const only = Object.keys(element.options).length === 1 && element.options.other;
        if (only) return `\${${templateOf(only.value, values, count)}}`;
        const forms = Object.entries(element.options).map(
          ([category, { value }]) => `${quoted(category)}: ${templateOf(value, values, count)}`,
        );
        return `\${plural(${count}, { ${forms.join(', ')} })}`;
      }
      default:
        return '';
    }
  });
  return `\`${parts.join('')}\``;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
}
