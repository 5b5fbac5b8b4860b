/** C++: arguments are variables of the parameters' plain types, handed over by name. */
import type { Call } from '../../../domain/program.js';
import type { Value } from '../../../domain/value.js';
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

export const cppTyped: Typed = { parse, template: 'driver.cpp', driver, stub };

const INTEGERS =
  /^(?:(?:unsigned|signed)\s+)?(?:int|short(?:\s+int)?|long(?:\s+long)?(?:\s+int)?)$|^unsigned$|^u?int(?:8|16|32|64)_t$|^(?:std::)?size_t$/;

/** `std::vector<int> f(const std::string& text, int n)` */
function parse(text: string): Signature {
  const match = /^\s*([\s\S]*?[\s&*>])(\w+)\s*\(([\s\S]*)\)\s*(?:const)?\s*[{;]?\s*$/.exec(text);
  const [, result = '', name, parameters = ''] = match ?? [];
  if (name === undefined)
    throw new SignatureError(`a signature is like "int add(int a, int b)", not "${text}"`);
  return {
    name,
    text,
    parameters: splitOuter(parameters).map((one) => {
      const written = one.replace(/\s*=[\s\S]*$/, '').replace(/([\s&*>])\w+$/, '$1');
      return { written: written.trim(), type: typeOf(written) };
    }),
    result: typeOf(result.replace(/\b(?:static|inline|constexpr)\b/g, '')),
  };
}

function typeOf(text: string): Type {
  const plain = text
    .replace(/\bconst\b/g, ' ')
    .replace(/&+\s*$/, '')
    .trim()
    .replaceAll(/\s+/g, ' ');
  const source = plain.replace(
    /^(?!std::)(?=(?:string|vector|map|unordered_map|set|unordered_set|pair|tuple|optional|deque|array|list)\b)/,
    'std::',
  );
  if (INTEGERS.test(source)) return { kind: 'int', source };
  if (/^(?:float|double|long double)$/.test(source)) return { kind: 'float', source };
  if (source === 'bool') return { kind: 'bool', source };
  if (source === 'char') return { kind: 'char', source };
  if (source === 'void') return { kind: 'unit', source };
  if (/^std::(?:string|string_view)$/.test(source)) return { kind: 'string', source: 'std::string' };
  if (/^char \*$/.test(source) || source === 'char*') return { kind: 'string', source: 'std::string' };
  const generic = genericOf(source);
  const name = generic?.name.replace(/^std::/, '') ?? '';
  const args = generic?.args ?? [];
  const [first, second] = args;
  const whole = (...types: readonly Type[]) => `std::${name}<${types.map((type) => type.source).join(', ')}>`;
  if (first !== undefined) {
    const item = typeOf(first);
    if (['vector', 'deque', 'list'].includes(name)) return { kind: 'list', item, source: whole(item) };
    if (name === 'array') return { kind: 'list', item, source: `std::array<${item.source}, ${second}>` };
    if (['set', 'unordered_set'].includes(name)) return { kind: 'set', item, source: whole(item) };
    if (name === 'optional') return { kind: 'optional', item, source: whole(item) };
    if (['map', 'unordered_map'].includes(name) && second !== undefined) {
      const value = typeOf(second);
      return { kind: 'map', key: item, value, source: whole(item, value) };
    }
    if (name === 'pair' || name === 'tuple') {
      const items = args.map(typeOf);
      return { kind: 'tuple', items, source: whole(...items) };
    }
  }
  throw new SignatureError(`tables have no values of the type ${plain}: use tests for it`);
}

function literal(value: Value, type: Type): string {
  const listed = (items: readonly string[]) => `${type.source}{${items.join(', ')}}`;
  switch (type.kind) {
    case 'int': {
      const text = integerOf(value);
      if (text === null) throw unfit(value, type);
      // The least of 64 bits has no literal.
      if (text === '-9223372036854775808') return '(-9223372036854775807LL - 1)';
      const suffix = /^u|unsigned|size_t/.test(type.source) ? 'ULL' : 'LL';
      return `static_cast<${type.source}>(${text}${suffix})`;
    }
    case 'float': {
      if (value.t === 'float' && typeof value.v !== 'number')
        return { nan: 'std::nan("")', inf: 'HUGE_VAL', '-inf': '-HUGE_VAL' }[value.v];
      const text = floatOf(value);
      if (text === null) throw unfit(value, type);
      return `static_cast<${type.source}>(${text})`;
    }
    case 'bool':
      if (value.t !== 'bool') throw unfit(value, type);
      return String(value.v);
    case 'char':
      if (value.t !== 'str' || Buffer.byteLength(value.v) !== 1) throw unfit(value, type);
      return `static_cast<char>(${value.v.charCodeAt(0)})`;
    case 'string': {
      if (value.t !== 'str') throw unfit(value, type);
      const bytes = Buffer.from(wellFormed(value.v), 'utf8');
      return `std::string(${quoted(bytes)}, ${bytes.length})`;
    }
    case 'list':
    case 'set': {
      const items = itemsOf(value);
      if (items === null) throw unfit(value, type);
      return listed(items.map((item) => literal(item, type.item)));
    }
    case 'map':
      if (value.t !== 'dict') throw unfit(value, type);
      return listed(
        value.v.map(([key, item]) => `{${literal(key, type.key)}, ${literal(item, type.value)}}`),
      );
    case 'optional':
      return value.t === 'null' ? 'std::nullopt' : `${type.source}(${literal(value, type.item)})`;
    case 'tuple': {
      const items = itemsOf(value);
      if (items === null || items.length !== type.items.length) throw unfit(value, type);
      return listed(type.items.map((item, at) => literal(items[at] ?? { t: 'null' }, item)));
    }
    case 'unit':
    case 'any':
    case 'result':
      throw unfit(value, type);
    default:
      return type satisfies never;
  }
}

/** Octal, of three digits: whatever comes next is no part of it. */
const quoted = (bytes: Buffer) =>
  `"${[...bytes].map((byte) => (/[ !#-[\]-~]/.test(String.fromCharCode(byte)) && byte !== 63 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`)).join('')}"`;

function driver(
  template: string,
  code: string,
  { name, parameters, result }: Signature,
  calls: readonly Call[],
): Record<string, string> {
  const rows = calls.map(({ args }) => {
    if (args.length !== parameters.length)
      throw new SignatureError(`${name} takes ${parameters.length} arguments, and a row has ${args.length}`);
    const variables = parameters.map(
      ({ type }, at) => `${type.source} a${at} = ${literal(args[at] ?? { t: 'null' }, type)};`,
    );
    const given = parameters.map(({ written }, at) =>
      /char\s*\*/.test(written) ? `a${at}.data()` : /&&\s*$/.test(written) ? `std::move(a${at})` : `a${at}`,
    );
    const call = `${name}(${given.join(', ')})`;
    const value =
      result.kind === 'unit'
        ? `${call}; std::string value = "{\\"t\\":\\"null\\"}";`
        : `std::string value = bench::encode(${call});`;
    const after = parameters.map((_, at) => `bench::encode(a${at})`).join(', ');
    return `bench::row([&] { ${variables.join(' ')} ${value} return bench::Done{value, {${after}}}; });`;
  });
  return {
    'answer.cpp': code,
    'driver.cpp': template.replace('// ROWS', () => rows.join('\n  ')),
  };
}

function stub({ text, result }: Signature, returns: 'nothing' | 'constant'): string {
  const head = text.replace(/[{;]\s*$/, '').trim();
  const includes =
    'vector string map unordered_map set unordered_set optional utility tuple deque list array cstdint'.split(
      ' ',
    );
  const value = returns === 'nothing' ? '{}' : constantOf(result);
  const body = result.kind === 'unit' ? '' : ` return ${value}; `;
  return `${includes.map((one) => `#include <${one}>`).join('\n')}\nusing namespace std;\n\n${head} {${body}}\n`;
}

function constantOf(type: Type): string {
  switch (type.kind) {
    case 'int':
      return /8_t$/.test(type.source) ? '79' : '7919';
    case 'float':
      return '7919.0';
    case 'bool':
      return 'true';
    case 'char':
      return "'7'";
    case 'string':
      return 'string("7919")';
    case 'list':
    case 'set':
      return type.source.startsWith('std::array') ? '{}' : `{${constantOf(type.item)}}`;
    case 'optional':
      return constantOf(type.item);
    case 'tuple':
      return `{${type.items.map(constantOf).join(', ')}}`;
    case 'map':
    case 'unit':
    case 'any':
    case 'result':
      return '{}';
    default:
      return type satisfies never;
  }
}
