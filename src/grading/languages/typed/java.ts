/** Java: arguments are objects of the parameters' types, handed to the method by reflection. */
import type { Call } from '../../../domain/program.js';
import type { Value } from '../../../domain/value.js';
import { javaGrammar } from '../grammars.js';
import { childrenOf } from '../syntax.js';
import {
  floatOf,
  genericOf,
  integerOf,
  itemsOf,
  type Signature,
  SignatureError,
  splitOuter,
  type Type,
  type Typed,
  unfit,
  wellFormed,
} from './typed.js';

export const javaTyped: Typed = { parse, template: 'Driver.java', driver, stub };

const BOXED: Readonly<Record<string, string>> = {
  byte: 'Byte',
  short: 'Short',
  int: 'Integer',
  long: 'Long',
  float: 'Float',
  double: 'Double',
  boolean: 'Boolean',
  char: 'Character',
};
const MODIFIERS = /\b(?:public|private|protected|static|final|synchronized)\s+/g;

/** `public static List<Integer> f(int[] numbers, String word) throws E` */
function parse(text: string): Signature {
  const match = /^\s*([\s\S]*?[\s\]>])(\w+)\s*\(([\s\S]*?)\)\s*(?:throws[\s\w.,]+)?\s*[{;]?\s*$/.exec(
    text.replaceAll(MODIFIERS, ' '),
  );
  const [, result = '', name, parameters = ''] = match ?? [];
  if (name === undefined)
    throw new SignatureError(`a signature is like "int add(int a, int b)", not "${text}"`);
  return {
    name,
    text,
    parameters: splitOuter(parameters).map((one) => {
      const written = one
        .replace(/\s*\w+\s*$/, '')
        .replace(/\.\.\.$/, '[]')
        .trim();
      return { written, type: typeOf(written) };
    }),
    result: typeOf(result.trim()),
  };
}

function typeOf(text: string): Type {
  const source = text.trim().replace(/^java\.(?:util|lang)\./, '');
  if (source.endsWith('[]')) return { kind: 'list', item: typeOf(source.slice(0, -2)), source };
  if (/^(?:byte|short|int|long|Byte|Short|Integer|Long|BigInteger)$/.test(source))
    return { kind: 'int', source };
  if (/^(?:float|double|Float|Double)$/.test(source)) return { kind: 'float', source };
  if (/^(?:boolean|Boolean)$/.test(source)) return { kind: 'bool', source };
  if (/^(?:char|Character)$/.test(source)) return { kind: 'char', source };
  if (/^(?:String|CharSequence)$/.test(source)) return { kind: 'string', source };
  if (source === 'void') return { kind: 'unit', source };
  if (source === 'Object') return { kind: 'any', source };
  const generic = genericOf(source);
  const [first, second] = (generic?.args ?? []).map(typeOf);
  const name = generic?.name ?? '';
  if (first !== undefined) {
    if (/^(?:List|ArrayList|LinkedList|Collection|Iterable|Deque|Queue)$/.test(name))
      return { kind: 'list', item: first, source };
    if (/^(?:Set|HashSet|TreeSet|LinkedHashSet)$/.test(name)) return { kind: 'set', item: first, source };
    if (name === 'Optional') return { kind: 'optional', item: first, source };
    if (/^(?:Map|HashMap|TreeMap|LinkedHashMap)$/.test(name) && second !== undefined)
      return { kind: 'map', key: first, value: second, source };
  }
  throw new SignatureError(`tables have no values of the type ${source}: use tests for it`);
}

const MADE: Readonly<Record<string, string>> = {
  List: 'ArrayList',
  Collection: 'ArrayList',
  Iterable: 'ArrayList',
  Deque: 'ArrayDeque',
  Queue: 'ArrayDeque',
  Set: 'LinkedHashSet',
  Map: 'LinkedHashMap',
};

/** Boxed where it is no array: reflection unboxes. */
function literal(value: Value, type: Type): string {
  if (value.t === 'null' && !(type.source in BOXED) && type.kind !== 'optional')
    return `(${type.source}) null`;
  switch (type.kind) {
    case 'int': {
      const text = integerOf(value);
      if (text === null) throw unfit(value, type);
      if (type.source === 'BigInteger') return `new java.math.BigInteger("${text}")`;
      if (/^long$/i.test(type.source)) return `${text}L`;
      return /^(?:byte|short)$/i.test(type.source) ? `(${type.source.toLowerCase()}) ${text}` : text;
    }
    case 'float': {
      const suffix = /^float$/i.test(type.source) ? 'f' : 'd';
      if (value.t === 'float' && typeof value.v !== 'number') {
        const box = suffix === 'f' ? 'Float' : 'Double';
        return `${box}.${{ nan: 'NaN', inf: 'POSITIVE_INFINITY', '-inf': 'NEGATIVE_INFINITY' }[value.v]}`;
      }
      const text = floatOf(value);
      if (text === null) throw unfit(value, type);
      return `${text}${suffix}`;
    }
    case 'bool':
      if (value.t !== 'bool') throw unfit(value, type);
      return String(value.v);
    case 'char':
      if (value.t !== 'str' || value.v.length !== 1) throw unfit(value, type);
      return `(char) ${value.v.charCodeAt(0)}`;
    case 'string':
      if (value.t !== 'str') throw unfit(value, type);
      return quoted(value.v);
    case 'list':
    case 'set': {
      const items = itemsOf(value);
      if (items === null) throw unfit(value, type);
      const written = items.map((item) => literal(item, type.item));
      if (type.source.endsWith('[]')) return `new ${arrayOf(type)} {${written.join(', ')}}`;
      return `new ${made(type)}(java.util.Arrays.asList(${listed(written, type.item)}))`;
    }
    case 'map':
      if (value.t !== 'dict') throw unfit(value, type);
      return `Driver.put(new ${made(type)}(), ${value.v.flatMap(([key, item]) => [literal(key, type.key), literal(item, type.value)]).join(', ') || 'new Object[0]'})`;
    case 'optional':
      return value.t === 'null'
        ? 'java.util.Optional.empty()'
        : `java.util.Optional.of(${literal(value, type.item)})`;
    case 'any':
      return anyLiteral(value);
    case 'unit':
    case 'tuple':
    case 'result':
      throw unfit(value, type);
    default:
      return type satisfies never;
  }
}

/** Generic arrays cannot be made: of the raw type they can. */
const arrayOf = ({ source }: Type): string => source.replaceAll(/<[\s\S]*>/g, '');

const made = ({ source }: Type): string => {
  const name = genericOf(source)?.name ?? source;
  return `java.util.${MADE[name] ?? name}<${/Map$/.test(name) ? 'Object, Object' : 'Object'}>`;
};

/** As objects: one that is an array would be taken for the list of all. */
const listed = (items: readonly string[], _item: Type) => `new Object[] {${items.join(', ')}}`;

function anyLiteral(value: Value): string {
  switch (value.t) {
    case 'null':
      return '(Object) null';
    case 'int':
      return Math.abs(Number(value.v)) < 2 ** 31 ? value.v : `${value.v}L`;
    case 'float':
      return literal(value, { kind: 'float', source: 'double' });
    case 'bool':
      return String(value.v);
    case 'str':
      return quoted(value.v);
    case 'list':
    case 'tuple':
      return `new java.util.ArrayList<Object>(java.util.Arrays.asList(new Object[] {${value.v.map(anyLiteral).join(', ')}}))`;
    default:
      throw unfit(value, { kind: 'any', source: 'Object' });
  }
}

const quoted = (text: string) =>
  `"${[...Array(text.length).keys()]
    .map((at) => wellFormed(text).charAt(at))
    .map((char) =>
      /[ !#-[\]-~]/.test(char)
        ? char
        : `\\${char.charCodeAt(0) < 256 ? char.charCodeAt(0).toString(8).padStart(3, '0') : `u${char.charCodeAt(0).toString(16).padStart(4, '0')}`}`,
    )
    .join('')}"`;

function driver(
  template: string,
  code: string,
  { name, parameters }: Signature,
  calls: readonly Call[],
): Record<string, string> {
  const rows = calls.map(({ args }, row) => {
    if (args.length !== parameters.length)
      throw new SignatureError(`${name} takes ${parameters.length} arguments, and a row has ${args.length}`);
    const given = parameters.map(({ type }, at) => literal(args[at] ?? { t: 'null' }, type));
    // A method each: all of them together may be longer than a method can be.
    return `static Object[] row${row}() { return new Object[] {${given.join(', ')}}; }`;
  });
  const { files, classes } = javaFiles(code);
  const driver = template
    .replace('/* CLASSES */', () => classes.map((one) => JSON.stringify(one)).join(', '))
    .replace('/* ENTRY */', () => JSON.stringify(name))
    .replace('/* ROWS */', () => rows.join('\n    '))
    .replace('/* CALLS */', () => calls.map((_, row) => `run(() -> row${row}());`).join('\n        '));
  return { ...files, 'Driver.java': driver };
}

/** Named by the class that is public, for the compiler wants it so; a method alone gets one. */
export function javaFiles(code: string): {
  readonly files: Readonly<Record<string, string>>;
  readonly classes: readonly string[];
} {
  const own = code.replace(/^\s*package\s+[\w.]+\s*;/m, '');
  const found = childrenOf(javaGrammar().parse(own).topNode).flatMap((node) => {
    const name =
      /^(?:Class|Interface|Enum|Record)Declaration$/.test(node.name) && node.getChild('Definition');
    if (!name) return [];
    const modifiers = node.getChild('Modifiers');
    const text = own.slice(node.from, node.to);
    return {
      name: own.slice(name.from, name.to),
      isPublic: modifiers !== null && /\bpublic\b/.test(own.slice(modifiers.from, modifiers.to)),
      runs: /\bstatic\s+(?:final\s+)?void\s+main\s*\(/.test(text),
    };
  });
  if (found.length === 0) {
    const imports = [...own.matchAll(/^\s*import\s+[^;]+;/gm)].map(([text]) => text.trim());
    const body = own.replaceAll(/^\s*import\s+[^;]+;/gm, '');
    return {
      files: { 'Solution.java': `${imports.join(' ')} class Solution {${body}\n}\n` },
      classes: ['Solution'],
    };
  }
  const open = found.find(({ isPublic }) => isPublic) ?? found.find(({ runs }) => runs) ?? found[0];
  return { files: { [`${open?.name}.java`]: own }, classes: found.map(({ name }) => name) };
}

function stub({ text, result }: Signature, returns: 'nothing' | 'constant'): string {
  const head = text.replace(/[{;]\s*$/, '').trim();
  const isStatic = /\bstatic\b/.test(head);
  const value = returns === 'nothing' ? nothingOf(result) : constantOf(result);
  return `import java.util.*;\n\nclass Solution {\n    ${isStatic ? '' : 'static '}${head} {${result.kind === 'unit' ? '' : ` return ${value};`} }\n}\n`;
}

function nothingOf({ source }: Type): string {
  if (source === 'boolean') return 'false';
  return source in BOXED ? '0' : 'null';
}

function constantOf(type: Type): string {
  switch (type.kind) {
    case 'int':
      if (type.source === 'BigInteger') return 'new java.math.BigInteger("7919")';
      return /^byte$/i.test(type.source)
        ? '(byte) 79'
        : /^short$/i.test(type.source)
          ? '(short) 7919'
          : /^long$/i.test(type.source)
            ? '7919L'
            : '7919';
    case 'float':
      return /^float$/i.test(type.source) ? '7919f' : '7919d';
    case 'bool':
      return 'true';
    case 'char':
      return "'7'";
    case 'string':
      return '"7919"';
    case 'list':
      if (type.source.endsWith('[]')) return `new ${arrayOf(type)} {${constantOf(type.item)}}`;
      return `new ${MADE[genericOf(type.source)?.name ?? ''] ?? genericOf(type.source)?.name}<>(List.of(${constantOf(type.item)}))`;
    case 'any':
      return '(Object) 7919';
    default:
      return 'null';
  }
}
