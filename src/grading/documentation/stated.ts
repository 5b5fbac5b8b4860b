/** What sentences and types of documentation say, in a form that can be compared with code. */

/** `Defaults to 10.`, `(default: "a")`, `optional, default=None`: the value; null where none is said. */
export function statedDefault(text: string): string | null {
  const said =
    /\b[Dd]efault(?:s|ing)?\b(?:\s+value)?(?:\s+is|\s+to|\s*=|\s*:)?\s*(?:``|[`(])?\s*("[^"]*"|'[^']*'|[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?|\[\]|\{\}|\(\)|None|True|False|null|undefined|true|false|Infinity)(?![\w])/.exec(
      text,
    )?.[1];
  return said ?? null;
}

/** `Defaults to now.`, `now by default`; also without a value that can be compared. */
export const mentionsDefault = (text: string): boolean => /\bdefault/i.test(text);

const LITERAL =
  /^(?:"[^"]*"|'[^']*'|[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?|\[\]|\{\}|\(\)|None|True|False|null|undefined|true|false|Infinity)$/;

/** Whether two literals are one value; true if either cannot be read as a literal. */
export function isSameValue(one: string, other: string): boolean {
  if (!LITERAL.test(one) || !LITERAL.test(other)) return true;
  return plainValue(one) === plainValue(other);
}

function plainValue(literal: string): string {
  if (/^["']/.test(literal)) return JSON.stringify(literal.slice(1, -1));
  const number = Number(literal.replaceAll('_', ''));
  return Number.isNaN(number) ? literal : String(number);
}

const SYNONYMS: Readonly<Record<string, string>> = {
  string: 'str',
  integer: 'int',
  boolean: 'bool',
  list: 'list',
  dictionary: 'dict',
  none: 'none',
  null: 'none',
  any: 'any',
  callable: 'callable',
  function: 'callable',
};

/** Whether a type that is documented is that of the code; true if either is more than names and brackets. */
export function isSameType(documented: string, ofCode: string): boolean {
  const [said, meant] = [plainType(documented), plainType(ofCode)];
  return said === null || meant === null || said === meant;
}

/** A union's parts in order; null where it is no type but a sentence. */
function plainType(text: string): string | null {
  const type = text
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .replace(/,?\s*\boptional\b\s*$/i, '')
    .replace(/=$/, '')
    .replace(/^\?(.+)$/, '$1|null')
    .replaceAll(/\btyping\.|\bcollections\.abc\./g, '')
    .replaceAll(/\s+or\s+/g, '|')
    .replaceAll(/\b(list|set|sequence|iterable|array)\s+of\s+(\w+?)s?\b/gi, '$1[$2]')
    .replaceAll(/\bArray<([\w.]+)>/g, '$1[]')
    .replaceAll(/\bOptional\[([\w.[\]]+)\]/g, '$1|None')
    .replaceAll(/\bUnion\[([^\]]*)\]/g, (_, parts: string) => parts.replaceAll(',', '|'))
    .replaceAll(/\s*([|,[\]<>()])\s*/g, '$1')
    .trim();
  if (type === '' || !/^[\w.|[\],<>()'"]+$/.test(type)) return null;
  const named = type.toLowerCase().replaceAll(/\w+/g, (word) => SYNONYMS[word] ?? word);
  return named.split('|').sort().join('|');
}
