/** Rust: arguments are variables of the parameters' owned types, lent where the signature borrows. */
import type { Call } from '../../../domain/program.js';
import type { Value } from '../../../domain/value.js';
import {
  closingOf,
  floatOf,
  genericOf,
  integerOf,
  itemsOf,
  type Parameter,
  type Signature,
  SignatureError,
  splitOuter,
  type Type,
  type Typed,
  unfit,
  wellFormed,
} from './typed.js';

export const rustTyped: Typed = { parse, template: 'driver.rs', driver, stub };

/** `pub fn add(a: i32, names: &[String]) -> Result<i32, String>` */
function parse(text: string): Signature {
  const match = /^\s*(?:pub(?:\([^)]*\))?\s+)?fn\s+(\w+)\s*(?:<[^(]*>)?\s*\(([\s\S]*)$/.exec(text);
  const [, name, rest = ''] = match ?? [];
  const close = closingOf(rest);
  const parameters = rest.slice(0, close);
  const result = /^\s*->\s*([\s\S]+?)\s*(?:\bwhere\b[\s\S]*)?\{?\s*$/.exec(rest.slice(close + 1))?.[1];
  if (name === undefined)
    throw new SignatureError(`a signature is like "fn add(a: i32, b: i32) -> i32", not "${text}"`);
  return {
    name,
    text,
    parameters: splitOuter(parameters).map(parameterOf),
    result: result === undefined ? { kind: 'unit', source: '()' } : typeOf(result.trim()),
  };
}

function parameterOf(text: string): Parameter {
  const written = /^(?:mut\s+)?\w+\s*:\s*([\s\S]+)$/.exec(text)?.[1];
  if (written === undefined) throw new SignatureError(`"${text}" is no parameter with a type`);
  return { written, type: typeOf(written) };
}

/** What owns the value that a parameter borrows. */
function typeOf(text: string): Type {
  const source = text
    .trim()
    .replace(/^&\s*(?:'\w+\s+)?(?:mut\s+)?/, '')
    .trim();
  const isBorrowed = source !== text.trim();
  if (/^(?:[iu](?:8|16|32|64|128|size))$/.test(source)) return { kind: 'int', source };
  if (source === 'f32' || source === 'f64') return { kind: 'float', source };
  if (source === 'bool') return { kind: 'bool', source };
  if (source === 'char') return { kind: 'char', source };
  if (source === '()') return { kind: 'unit', source };
  if (source === 'String') return { kind: 'string', source };
  if (source === 'str') return { kind: 'string', source: isBorrowed ? "&'static str" : 'String' };
  const slice = /^\[([\s\S]+?)(?:;\s*(\w+))?\]$/.exec(source);
  if (slice !== null) {
    const item = typeOf(slice[1] ?? '');
    return {
      kind: 'list',
      item,
      source: slice[2] === undefined ? `Vec<${item.source}>` : `[${item.source}; ${slice[2]}]`,
    };
  }
  if (source.startsWith('(')) {
    const items = splitOuter(source.slice(1, -1)).map(typeOf);
    return {
      kind: 'tuple',
      items,
      source: `(${items.map((item) => item.source).join(', ')}${items.length === 1 ? ',' : ''})`,
    };
  }
  const generic = genericOf(source);
  const name = generic?.name.split('::').at(-1) ?? '';
  const args = (generic?.args ?? []).filter((one) => !one.startsWith("'"));
  const [first, second] = args.map((one, at) => (name === 'Result' && at === 1 ? null : typeOf(one)));
  if (first !== null && first !== undefined) {
    const path =
      {
        HashMap: COLLECTIONS,
        BTreeMap: COLLECTIONS,
        HashSet: COLLECTIONS,
        BTreeSet: COLLECTIONS,
        VecDeque: COLLECTIONS,
      }[name] ?? '';
    const whole = (inner: string) => `${path}${name}<${inner}>`;
    if (name === 'Vec' || name === 'VecDeque')
      return { kind: 'list', item: first, source: whole(first.source) };
    if (name === 'Option') return { kind: 'optional', item: first, source: whole(first.source) };
    if (name === 'HashSet' || name === 'BTreeSet')
      return { kind: 'set', item: first, source: whole(first.source) };
    if ((name === 'HashMap' || name === 'BTreeMap') && second !== null && second !== undefined)
      return { kind: 'map', key: first, value: second, source: whole(`${first.source}, ${second.source}`) };
    if (name === 'Result') return { kind: 'result', item: first, source };
  }
  throw new SignatureError(`tables have no values of the type ${source}: use tests for it`);
}

const COLLECTIONS = 'std::collections::';

function literal(value: Value, type: Type): string {
  switch (type.kind) {
    case 'int': {
      const text = integerOf(value);
      if (text === null) throw unfit(value, type);
      return `${text}${type.source}`;
    }
    case 'float': {
      if (value.t === 'float' && typeof value.v !== 'number')
        return `${type.source}::${{ nan: 'NAN', inf: 'INFINITY', '-inf': 'NEG_INFINITY' }[value.v]}`;
      const text = floatOf(value);
      if (text === null) throw unfit(value, type);
      return `${text}${type.source}`;
    }
    case 'bool':
      if (value.t !== 'bool') throw unfit(value, type);
      return String(value.v);
    case 'char':
      if (value.t !== 'str' || [...value.v].length !== 1) throw unfit(value, type);
      return `'\\u{${value.v.codePointAt(0)?.toString(16)}}'`;
    case 'string':
      if (value.t !== 'str') throw unfit(value, type);
      return type.source === 'String' ? `String::from(${quoted(value.v)})` : quoted(value.v);
    case 'list': {
      const items = itemsOf(value);
      if (items === null) throw unfit(value, type);
      const written = `[${items.map((item) => literal(item, type.item)).join(', ')}]`;
      if (type.source.startsWith('[')) return written;
      return type.source.startsWith('Vec<') ? `vec!${written}` : `${path(type)}::from(vec!${written})`;
    }
    case 'set': {
      const items = itemsOf(value);
      if (items === null) throw unfit(value, type);
      return `vec![${items.map((item) => literal(item, type.item)).join(', ')}].into_iter().collect::<${type.source}>()`;
    }
    case 'map': {
      if (value.t !== 'dict') throw unfit(value, type);
      const pairs = value.v.map(([key, item]) => `(${literal(key, type.key)}, ${literal(item, type.value)})`);
      return `vec![${pairs.join(', ')}].into_iter().collect::<${type.source}>()`;
    }
    case 'optional':
      return value.t === 'null' ? 'None' : `Some(${literal(value, type.item)})`;
    case 'tuple': {
      const items = itemsOf(value);
      if (items === null || items.length !== type.items.length) throw unfit(value, type);
      const written = type.items.map((item, at) => literal(items[at] ?? { t: 'null' }, item));
      return `(${written.join(', ')}${written.length === 1 ? ',' : ''})`;
    }
    case 'unit':
      return '()';
    case 'any':
    case 'result':
      throw unfit(value, type);
    default:
      return type satisfies never;
  }
}

const path = ({ source }: Type) => source.replace(/<[\s\S]*$/, '');

const quoted = (text: string) =>
  `"${[...wellFormed(text)].map((char) => (/[ !#-[\]-~]/.test(char) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`)).join('')}"`;

function driver(
  template: string,
  code: string,
  signature: Signature,
  calls: readonly Call[],
): Record<string, string> {
  const { name, parameters, result } = signature;
  const rows = calls.map(({ args }) => {
    if (args.length !== parameters.length)
      throw new SignatureError(`${name} takes ${parameters.length} arguments, and a row has ${args.length}`);
    const variables = parameters.map(
      ({ type }, at) => `let mut a${at}: ${type.source} = ${literal(args[at] ?? { t: 'null' }, type)};`,
    );
    const given = parameters.map(({ written }, at) => {
      const lent = /^&\s*(?:'\w+\s+)?(mut\b)?/.exec(written);
      if (/^&\s*(?:'\w+\s+)?str$/.test(written)) return `a${at}`;
      if (lent === null) return `a${at}.clone()`;
      return lent[1] === undefined ? `&a${at}` : `&mut a${at}`;
    });
    const call = `${name}(${given.join(', ')})`;
    const value = result.kind === 'result' ? `bench_result(${call})` : `bench_value(&${call})`;
    const after = parameters.map((_, at) => `bench_encoded(&a${at})`).join(', ');
    return `bench_row(move || { ${variables.join(' ')} let value = ${value}; (value, vec![${after}]) });`;
  });
  return {
    'answer.rs': `${withoutMain(code)}\n${template.replace('// ROWS', () => rows.join('\n    '))}`,
  };
}

export const withoutMain = (code: string): string =>
  code.replace(/^(?:pub\s+)?fn\s+main\s*\(/m, '#[allow(dead_code)] fn bench_answer_main(');

function stub({ text, result }: Signature, returns: 'nothing' | 'constant'): string {
  const head = text.replace(/\{\s*$/, '').trim();
  const value = returns === 'nothing' ? nothingOf(result) : constantOf(result);
  return `#[allow(unused_variables)]\n${head} {\n    ${value}\n}\n`;
}

function nothingOf(type: Type): string {
  if (type.kind === 'unit') return '';
  if (type.kind === 'result') return `Ok(${nothingOf(type.item)})`;
  return 'Default::default()';
}

function constantOf(type: Type): string {
  switch (type.kind) {
    case 'int':
      return /8$/.test(type.source) && !/128$/.test(type.source) ? '79' : '7919';
    case 'float':
      return '7919.0';
    case 'bool':
      return 'true';
    case 'char':
      return "'7'";
    case 'string':
      return type.source === 'String' ? 'String::from("7919")' : '"7919"';
    case 'list':
      return type.source.startsWith('Vec<') ? `vec![${constantOf(type.item)}]` : 'Default::default()';
    case 'optional':
      return `Some(${constantOf(type.item)})`;
    case 'result':
      return `Ok(${constantOf(type.item)})`;
    case 'tuple':
      return `(${type.items.map(constantOf).join(', ')}${type.items.length === 1 ? ',' : ''})`;
    case 'unit':
      return '';
    case 'map':
    case 'set':
    case 'any':
      return 'Default::default()';
    default:
      return type satisfies never;
  }
}
