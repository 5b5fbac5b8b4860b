/** Writes limits of time into the cases of a suite's YAML; every other character stays as it is. */
import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml';

interface Edit {
  readonly at: number;
  readonly to: number;
  readonly text: string;
}

/** `times`: case id to the limit as YAML has it, `2s`. Cases that do not stand in this text are left out of `written`. */
export function withTimeLimits(
  text: string,
  times: ReadonlyMap<string, string>,
): { readonly text: string; readonly written: readonly string[] } {
  const cases = parseDocument(text).get('cases');
  const edits: Edit[] = [];
  const written: string[] = [];
  for (const item of isSeq(cases) ? cases.items : []) {
    if (!isMap(item)) continue;
    const id = String(item.get('id'));
    const time = times.get(id);
    const edit = time === undefined ? null : editOf(item, time, text);
    if (edit === null) continue;
    edits.push(edit);
    written.push(id);
  }
  let result = '';
  let done = 0;
  for (const { at, to, text: inserted } of edits) {
    result += text.slice(done, at) + inserted;
    done = to;
  }
  return { text: result + text.slice(done), written };
}

function editOf(item: YAMLMap, time: string, text: string): Edit | null {
  const limits = pairOf(item, 'limits');
  if (limits === null) return after(item, 'id', `limits: { time: ${time} }`, text);
  if (!isMap(limits.value)) return null;
  const known = pairOf(limits.value, 'time');
  if (known === null) return before(limits.value, `time: ${time}`, text);
  const range = isScalar(known.value) ? known.value.range : undefined;
  return range ? { at: range[0], to: range[1], text: time } : null;
}

function pairOf(map: YAMLMap, key: string): Pair | null {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) ?? null;
}

/** Behind the pair of that key: on a line of its own, or in the same braces. */
function after(map: YAMLMap, key: string, inserted: string, text: string): Edit | null {
  const pair = pairOf(map, key);
  const range = isScalar(pair?.value) ? pair.value.range : undefined;
  if (!range) return null;
  if (map.flow) return { at: range[1], to: range[1], text: `, ${inserted}` };
  const lineEnd = text.indexOf('\n', range[1]);
  const at = lineEnd < 0 ? text.length : lineEnd;
  const newLine = text[at - 1] === '\r' ? '\r\n' : '\n';
  const end = text[at - 1] === '\r' ? at - 1 : at;
  return { at: end, to: end, text: `${newLine}${' '.repeat(columnOf(pair, text))}${inserted}` };
}

/** Before the first pair. */
function before(map: YAMLMap, inserted: string, text: string): Edit | null {
  const [first] = map.items;
  const at = isScalar(first?.key) ? first.key.range?.[0] : undefined;
  if (first === undefined || at === undefined) return null;
  const separator = map.flow ? ', ' : `\n${' '.repeat(columnOf(first, text))}`;
  return { at, to: at, text: `${inserted}${separator}` };
}

function columnOf(pair: Pair | null, text: string): number {
  const at = isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}
