/** The code of the JavaScript subjects with types; their tests are TypeScript as they are. */
import { javascriptSubjects } from './javascript-subjects.js';
import type { Subject } from './subject.js';

const typed: Readonly<Record<string, string>> = {
  inRange: `export function inRange(value: number, low: number, high: number = Infinity): boolean {
  if (low > high) throw new RangeError('low is above high');
  return value >= low && value < high;
}
`,
  chunk: `export function chunk<T>(items: readonly T[], size: number): T[][] {
  if (!Number.isInteger(size) || size < 1) {
    throw new TypeError('size');
  }
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) {
    chunks.push(items.slice(at, at + size));
  }
  return chunks;
}
`,
  parseQuery: `type Query = Record<string, string | string[]>;

export default function parseQuery(text: string): Query {
  const found: Query = {};
  const query = text.startsWith('?') ? text.slice(1) : text;
  if (query === '') return found;
  for (const pair of query.split('&')) {
    const [key = '', value = ''] = pair.split('=');
    const name = decodeURIComponent(key);
    const known = found[name];
    if (known === undefined) {
      found[name] = decodeURIComponent(value);
    } else {
      found[name] = [...(Array.isArray(known) ? known : [known]), decodeURIComponent(value)];
    }
  }
  return found;
}
`,
  Counter: `export default class Counter<K extends string = string> {
  private readonly counts: Map<K, number> = new Map<K, number>();

  add(key: K, by: number = 1): this {
    if (by <= 0) throw new RangeError('by');
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
    return this;
  }

  get(key: K): number {
    return this.counts.get(key) ?? 0;
  }

  top(count: number): K[] {
    return [...this.counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, count)
      .map(([key]) => key);
  }
}
`,
  debounce: `interface Options {
  readonly leading?: boolean;
}

export function debounce<A extends unknown[]>(
  work: (...args: A) => void,
  delayMs: number,
  { leading = false }: Options = {},
): (...args: A) => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return (...args: A): void => {
    const isFirst = timer === null;
    if (timer !== null) clearTimeout(timer);
    if (leading && isFirst) work(...args);
    timer = setTimeout(() => {
      timer = null;
      if (!leading) work(...args);
    }, delayMs);
  };
}
`,
  groupBy: `type Key<T> = keyof T | ((item: T) => PropertyKey);

const groupBy = <T>(items: readonly T[], keyOf: Key<T>): Record<PropertyKey, T[]> => {
  const groups: Record<PropertyKey, T[]> = {};
  for (const item of items) {
    const key: PropertyKey = typeof keyOf === 'function' ? keyOf(item) : String(item[keyOf]);
    (groups[key] ??= []).push(item);
  }
  return groups;
};
`,
  formatBytes: `enum Unit {
  B,
  KB,
  MB,
}

export default function formatBytes(bytes: number): string {
  if (bytes < 0) return 'unknown';
  let unit: Unit = Unit.B;
  let amount = bytes;
  while (amount >= 1024 && unit < Unit.MB) {
    amount /= 1024;
    unit++;
  }
  return \`\${unit === Unit.B ? amount : amount.toFixed(1)} \${Unit[unit]}\`;
}
`,
  retry: `export async function retry<T>(work: (attempt: number) => Promise<T>, attempts: number = 3): Promise<T> {
  let last: unknown;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if ((error as { fatal?: boolean }).fatal === true) throw error;
      last = error;
    }
  }
  throw last ?? new Error('no attempts');
}
`,
  shippingFee: `export type Zone = 'home' | 'europe' | 'moon';

export function shippingFee(weight: number, zone: Zone): number {
  let fee: number;
  switch (zone) {
    case 'home':
      fee = 4;
      break;
    case 'europe':
      fee = 9;
      break;
    default:
      fee = 20;
  }
  if (weight > 10) fee += (weight - 10) * 2;
  return Math.min(fee, 99);
}
`,
  initials: `export default function initials(name: string, { max = 2 }: { max?: number } = {}): string {
  const words: string[] = name.trim().split(/\\s+/).filter((word) => word.length > 0);
  const letters = words.map((word) => word[0]!.toUpperCase());
  if (letters.length > max) {
    return letters[0]! + letters[letters.length - 1]!;
  }
  return letters.join('');
}
`,
};

export const typescriptSubjects: readonly Subject[] = javascriptSubjects.map((subject) => ({
  ...subject,
  code: typed[subject.name] ?? '',
}));
