import { parse } from 'svelte/compiler';
import { named, type Catalogue } from './catalogue.ts';
import { expressionOf, hasPlural, isPlain, plainText, type Message } from './message.ts';

/** A node of Svelte's syntax tree, or of the scripts in it. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The import of `m` from the folder src/messages. */
const importsMessages = /import \{ m \} from '((?:\.\.?\/)+messages)'/;

const opening = '<script lang="ts">';

/**
 * inlined replaces each call by the text of its message: `m.room.notFound()` becomes 'Room not
 * found', and in markup static text. So a message is loaded with the code that shows it, and is
 * as small as a literal.
 */
export function inlined(code: string, isComponent: boolean, catalogue: Catalogue): string {
  const from = importsMessages.exec(code)?.[1];
  if (from === undefined) return code;
  const source = isComponent ? code : `${opening}${code}</script>`;
  const changes: Change[] = [];
  let needsPlural = false;

  const replaceCall = (node: Node, key: string, inMarkup: boolean, isAttribute: boolean): void => {
    const message = catalogue.get(key);
    if (!message) throw new Error(`${key} is not in the catalogue`);
    const call = (inMarkup ? (node as Node & { expression: Node }).expression : node) as Call;
    if (inMarkup && isPlain(message)) {
      const text = escaped(plainText(message));
      changes.push({ start: node.start, end: node.end, text: isAttribute ? `"${text}"` : text });
      return;
    }
    needsPlural ||= hasPlural(message);
    const text = named(key, () => expressionOf(message, valuesOf(call, message)));
    changes.push({ start: call.start, end: call.end, text });
  };

  /** The source of each value of a call, which may contain other messages. */
  const valuesOf = (call: Call, message: Message): Map<string, string> => {
    const values = new Map<string, string>();
    for (const property of call.arguments[0]?.properties ?? []) {
      const { start, end } = property.value;
      values.set(property.key.name, inlinedPart(start, end, property.value));
    }
    for (const name of message.parameters.keys()) {
      if (!values.has(name)) throw new Error(`the value of {${name}} is missing`);
    }
    return values;
  };

  const inlinedPart = (start: number, end: number, node: Node): string => {
    const before = changes.length;
    walk(node, undefined);
    return applied(source, changes.splice(before), start, end);
  };

  const walk = (node: unknown, parent: Node | undefined): void => {
    if (Array.isArray(node)) {
      for (const each of node) walk(each, parent);
      return;
    }
    if (!isNode(node)) return;
    if (node.type === 'ImportDeclaration' && (node as Import).source.value === from) {
      changes.push({ start: node.start, end: node.end, text: '' });
      return;
    }
    const isTag = node.type === 'ExpressionTag';
    const key = keyOf(isTag ? (node as Node & { expression: unknown }).expression : node);
    if (key !== undefined) {
      // In an attribute with more content than the message, the quotes already exist.
      const isWhole = parent?.type === 'Attribute' && !Array.isArray((parent as Attribute).value);
      replaceCall(node, key, isTag, isWhole);
      return;
    }
    if (node.type === 'Identifier' && (node as Node & Member).name === 'm') {
      throw new Error('messages are called as they are, by m.part.name(…)');
    }
    for (const [name, child] of Object.entries(node)) {
      if (name !== 'loc' && name !== 'metadata') walk(child, node);
    }
  };

  const tree = parse(source, { modern: true });
  walk([tree.instance, tree.module, tree.fragment], undefined);
  if (needsPlural) {
    const at = changes.find(({ text, start }) => text === '' && source.startsWith('import', start));
    const place = at ?? { start: 0, end: 0 };
    changes.push({
      start: place.end,
      end: place.end,
      text: `import { plural } from '${from}/plural';`,
    });
  }
  const result = applied(source, changes, 0, source.length);
  return isComponent ? result : result.slice(opening.length, -'</script>'.length);
}

interface Call extends Node {
  arguments: { properties?: { key: { name: string }; value: Node }[] }[];
}

interface Import extends Node {
  source: { value: string };
}

interface Attribute extends Node {
  value: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** The name of the message that a node calls: "room.notFound"; undefined if it is something else. */
function keyOf(node: unknown): string | undefined {
  if (!isNode(node) || node.type !== 'CallExpression') return undefined;
  const name = (node as Node & { callee: Node & Member }).callee;
  const part = name.object as (Node & Member) | undefined;
  if (part?.type !== 'MemberExpression' || part.object?.name !== 'm') return undefined;
  return `${part.property?.name}.${name.property?.name}`;
}

interface Member {
  name?: string;
  object?: Member;
  property?: Member;
}

function applied(source: string, changes: readonly Change[], start: number, end: number): string {
  let result = '';
  let at = start;
  for (const change of changes.toSorted((a, b) => a.start - b.start)) {
    result += source.slice(at, change.start) + change.text;
    at = change.end;
  }
  return result + source.slice(at, end);
}

/** The text escaped for Svelte's markup. */
function escaped(text: string): string {
  return text.replace(/[&<>"{}]/g, (character) => `&#${character.charCodeAt(0)};`);
}
