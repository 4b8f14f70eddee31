import { messageOf, type Message } from './message.ts';

/** The content of a file in messages/: texts by the part of the client that shows them, and by name. */
export type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Catalogue holds the messages of one language, by their names in the code: "room.notFound". */
export type Catalogue = ReadonlyMap<string, Message>;

/** catalogueOf parses all messages of a language. It throws an error that names the message at fault. */
export function catalogueOf(texts: Texts): Catalogue {
  const catalogue = new Map<string, Message>();
  for (const [part, messages] of Object.entries(texts)) {
    for (const [name, text] of Object.entries(messages)) {
      const key = `${part}.${name}`;
      if (!/^[a-z]\w*\.[a-z]\w*$/i.test(key)) throw new Error(`${key} is no name for code`);
      catalogue.set(
        key,
        named(key, () => messageOf(text)),
      );
    }
  }
  return catalogue;
}

/**
 * translated returns the messages of a translation, and those of the base language where one is
 * missing. It throws an error if the translation has messages that the base lacks, or other
 * values.
 */
export function translated(base: Catalogue, translation: Catalogue): Catalogue {
  for (const [key, message] of translation) {
    const original = base.get(key);
    if (!original) throw new Error(`${key} is not in the base language`);
    for (const [name, type] of message.parameters) {
      if (!original.parameters.has(name)) throw new Error(`${key}: nobody gives {${name}}`);
      if (type === 'number' && original.parameters.get(name) !== 'number') {
        throw new Error(`${key}: {${name}} is not a number`);
      }
    }
  }
  return new Map([...base, ...translation]);
}

/**
 * typesOf returns the TypeScript file that declares `m`, through which the code refers to
 * messages.
 */
export function typesOf(catalogue: Catalogue): string {
  const parts = new Map<string, [string, Message][]>();
  for (const [key, message] of catalogue) {
    const part = key.slice(0, key.indexOf('.'));
    parts.set(part, [...(parts.get(part) ?? []), [key, message]]);
  }
  const lines = [
    '// Generated from messages/en.json by `make messages`; do not edit.',
    '',
    '/** The texts of the screens, in ICU MessageFormat. The build puts each in the place of its call. */',
    'export declare const m: {',
  ];
  for (const [part, messages] of parts) {
    lines.push(`  ${part}: {`);
    for (const [key, { text, parameters }] of messages) {
      const values = [...parameters].map(
        ([name, type]) => `${name}: ${type === 'number' ? 'number' : 'string | number'}`,
      );
      lines.push(`    /** ${text.replaceAll('*/', '*\\/')} */`);
      lines.push(
        `    ${key.slice(part.length + 1)}(${values.length > 0 ? `values: { ${values.join('; ')} }` : ''}): string;`,
      );
    }
    lines.push('  };');
  }
  return [...lines, '};', ''].join('\n');
}

/** named adds the name of a message to the error that `act` throws. */
export function named<T>(key: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    throw new Error(`${key}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      cause: thrown,
    });
  }
}
