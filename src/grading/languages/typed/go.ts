/** Go: arguments are literals of the parameters' types; results are read by reflection. */
import type { Call } from '../../../domain/program.js';
import type { Value } from '../../../domain/value.js';
import {
  closingOf,
  floatOf,
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

const INTEGERS = /^(?:u?int(?:8|16|32|64)?|uintptr)$/;

export const goTyped: Typed = { parse, template: 'driver.go', driver, stub };

/** `func Add(a, b int) (int, error)` */
function parse(text: string): Signature {
  const match = /^\s*func\s+(\w+)\s*\(([\s\S]*)$/.exec(text);
  const [, name, rest = ''] = match ?? [];
  if (name === undefined)
    throw new SignatureError(`a signature is like "func Add(a int, b int) int", not "${text}"`);
  const close = closingOf(rest);
  const result = rest
    .slice(close + 1)
    .replace(/\{\s*$/, '')
    .trim();
  return {
    name,
    text,
    parameters: parametersOf(rest.slice(0, close)).map((written) => ({ written, type: typeOf(written) })),
    result: resultOf(result),
  };
}

/** The types; names may share one. */
function parametersOf(text: string): string[] {
  const parts = splitOuter(text).map((part) => /^(?:(\w+)\s+)?([\s\S]+)$/.exec(part) ?? []);
  const isNamed = parts.some(([, name]) => name !== undefined);
  let type = '';
  return parts
    .toReversed()
    .map(([, name, rest = '']) => {
      if (!isNamed || name !== undefined) type = rest.trim();
      return type.replace(/^\.\.\./, '[]');
    })
    .toReversed();
}

function resultOf(text: string): Type {
  if (text === '') return { kind: 'unit', source: '' };
  const all = text.startsWith('(') ? parametersOf(text.slice(1, -1)) : [text];
  const last = all.at(-1);
  if (all.length === 1 && last !== 'error') return typeOf(text.startsWith('(') ? (last ?? '') : text);
  const values = (last === 'error' ? all.slice(0, -1) : all).map(typeOf);
  const [only] = values;
  const item: Type =
    values.length === 0
      ? { kind: 'unit', source: '' }
      : values.length === 1 && only !== undefined
        ? only
        : { kind: 'tuple', items: values, source: text };
  return last === 'error' ? { kind: 'result', item, source: text } : item;
}

function typeOf(text: string): Type {
  const source = text.trim();
  if (INTEGERS.test(source)) return { kind: 'int', source };
  if (source === 'rune' || source === 'byte') return { kind: 'char', source };
  if (/^float(?:32|64)$/.test(source)) return { kind: 'float', source };
  if (source === 'bool') return { kind: 'bool', source };
  if (source === 'string') return { kind: 'string', source };
  if (source === 'any' || /^interface\s*\{\s*\}$/.test(source)) return { kind: 'any', source };
  const list = /^\[\d*\]([\s\S]+)$/.exec(source)?.[1];
  if (list !== undefined) return { kind: 'list', item: typeOf(list), source };
  if (source.startsWith('*')) return { kind: 'optional', item: typeOf(source.slice(1)), source };
  const map = /^map\[/.exec(source);
  if (map !== null) {
    let depth = 1;
    let at = 4;
    for (; depth > 0 && at < source.length; at++)
      depth += source[at] === '[' ? 1 : source[at] === ']' ? -1 : 0;
    const key = typeOf(source.slice(4, at - 1));
    const value = source.slice(at);
    if (/^struct\s*\{\s*\}$/.test(value)) return { kind: 'set', item: key, source };
    return { kind: 'map', key, value: typeOf(value), source };
  }
  throw new SignatureError(`tables have no values of the type ${source}: use tests for it`);
}

function literal(value: Value, type: Type): string {
  switch (type.kind) {
    case 'int': {
      const text = integerOf(value);
      if (text === null) throw unfit(value, type);
      return `${type.source}(${text})`;
    }
    case 'char': {
      const number = integerOf(value);
      if (number !== null) return `${type.source}(${number})`;
      if (value.t !== 'str' || [...value.v].length !== 1) throw unfit(value, type);
      return `${type.source}(${value.v.codePointAt(0)})`;
    }
    case 'float': {
      if (value.t === 'float' && typeof value.v !== 'number')
        return `${type.source}(${{ nan: 'benchMath.NaN()', inf: 'benchMath.Inf(1)', '-inf': 'benchMath.Inf(-1)' }[value.v]})`;
      const text = floatOf(value);
      if (text === null) throw unfit(value, type);
      return `${type.source}(${text})`;
    }
    case 'bool':
      if (value.t !== 'bool') throw unfit(value, type);
      return String(value.v);
    case 'string':
      if (value.t !== 'str') throw unfit(value, type);
      return quoted(value.v);
    case 'list':
    case 'set': {
      if (value.t === 'null') return `${type.source}(nil)`;
      const items = itemsOf(value);
      if (items === null) throw unfit(value, type);
      const written = items.map((item) => literal(item, type.item));
      return `${type.source}{${written.map((item) => (type.kind === 'set' ? `${item}: {}` : item)).join(', ')}}`;
    }
    case 'map':
      if (value.t === 'null') return `${type.source}(nil)`;
      if (value.t !== 'dict') throw unfit(value, type);
      return `${type.source}{${value.v.map(([key, item]) => `${literal(key, type.key)}: ${literal(item, type.value)}`).join(', ')}}`;
    case 'optional':
      return value.t === 'null'
        ? `(${type.source})(nil)`
        : `func() ${type.source} { var v ${type.item.source} = ${literal(value, type.item)}; return &v }()`;
    case 'any':
      return anyLiteral(value);
    case 'tuple':
    case 'unit':
    case 'result':
      throw unfit(value, type);
    default:
      return type satisfies never;
  }
}

function anyLiteral(value: Value): string {
  const typed = (kind: 'int' | 'float' | 'bool' | 'string', source: string) =>
    literal(value, { kind, source });
  switch (value.t) {
    case 'null':
      return 'nil';
    case 'int':
      return typed('int', 'int');
    case 'float':
      return typed('float', 'float64');
    case 'bool':
      return typed('bool', 'bool');
    case 'str':
      return typed('string', 'string');
    case 'list':
    case 'tuple':
      return `[]any{${value.v.map(anyLiteral).join(', ')}}`;
    case 'dict':
      return `map[string]any{${value.v.map(([key, item]) => `${literal(key, { kind: 'string', source: 'string' })}: ${anyLiteral(item)}`).join(', ')}}`;
    default:
      throw unfit(value, { kind: 'any', source: 'any' });
  }
}

/** JSON's escapes are Go's, but for halves of pairs. */
const quoted = (text: string) => JSON.stringify(wellFormed(text));

function driver(
  template: string,
  code: string,
  signature: Signature,
  calls: readonly Call[],
): Record<string, string> {
  const rows = calls.map(({ args }) => {
    const { parameters, name } = signature;
    if (args.length !== parameters.length)
      throw new SignatureError(`${name} takes ${parameters.length} arguments, and a row has ${args.length}`);
    const names = args.map((_, at) => `a${at}`);
    const variables = parameters.map(
      ({ type }, at) => `var a${at} ${type.source} = ${literal(args[at] ?? { t: 'null' }, type)}`,
    );
    const isVariadic = /\.\.\./.test(signature.text);
    const given = names.map((one, at) => (isVariadic && at === names.length - 1 ? `${one}...` : one));
    const call = `${name}(${given.join(', ')})`;
    const isUnit = signature.result.kind === 'unit';
    return `benchRow(func() ([]any, []any) {
	${variables.join('\n\t')}
	${isUnit ? `${call}\n\treturn nil, []any{${names.join(', ')}}` : `results := benchResults(${call})\n\treturn results, []any{${names.join(', ')}}`}
})`;
  });
  const driver = template
    .replace('LAST_IS_ERROR', () => String(signature.result.kind === 'result'))
    .replace('ROWS', () => rows.join('\n'));
  return { 'go.mod': GO_MOD, 'answer.go': asMain(code, 'rename'), 'bench_driver.go': driver };
}

const GO_MOD = 'module answer\n\ngo 1.21\n';

/** In our package, its own `main` kept, or out of the way. */
export function asMain(code: string, main: 'keep' | 'rename'): string {
  const clause = /^[ \t]*package[ \t]+\w+/m;
  const inPackage = clause.test(code) ? code.replace(clause, 'package main') : `package main; ${code}`;
  if (main === 'keep') return inPackage;
  return inPackage.replace(/(^|; )func[ \t]+main[ \t]*\(/m, '$1func benchAnswerMain(');
}

function stub({ name, text, result }: Signature, returns: 'nothing' | 'constant'): string {
  const head = text.replace(/\{\s*$/, '').trim();
  if (result.kind === 'unit') return `package main\n\n${head} {\n}\n`;
  const all = /\(([\s\S]*)\)\s*$/.exec(head.slice(head.indexOf(name)));
  const types =
    result.kind === 'result' || result.kind === 'tuple' ? parametersOf(all?.[1] ?? '') : [result.source];
  const values = types.map((_, at) => `r${at}`);
  const variables = types.map((type, at) => {
    const constant = returns === 'nothing' || type === 'error' ? null : constantOf(type);
    return `\tvar r${at} ${type}${constant === null ? '' : ` = ${constant}`}`;
  });
  return `package main\n\n${head} {\n${variables.join('\n')}\n\treturn ${values.join(', ')}\n}\n`;
}

function constantOf(source: string): string | null {
  const type = typeOf(source);
  switch (type.kind) {
    case 'int':
      return /8$/.test(source) ? '79' : '7919';
    case 'float':
      return '7919';
    case 'string':
      return '"7919"';
    case 'bool':
      return 'true';
    case 'char':
      return "'7'";
    case 'list':
      return `${source}{${/^\[\d+\]/.test(source) ? '' : (constantOf(type.item.source) ?? '')}}`;
    default:
      return null;
  }
}
