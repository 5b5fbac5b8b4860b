/** Code in JavaScript with tests by hand: thorough ones, and ones that look at the usual case alone. */
import type { Subject } from './subject.js';

export const javascriptSubjects: readonly Subject[] = [
  {
    name: 'inRange',
    code: `export function inRange(value, low, high = Infinity) {
  if (low > high) throw new RangeError('low is above high');
  return value >= low && value < high;
}
`,
    thorough: `import { describe, it, expect } from 'vitest';
import { inRange } from './in-range.js';

describe('inRange', () => {
  it.each([[5, 0, 10, true], [-1, 0, 10, false], [11, 0, 10, false], [0, 0, 10, true], [10, 0, 10, false], [3, 3, 3, false]])(
    '%i from %i to %i',
    (value, low, high, expected) => expect(inRange(value, low, high)).toBe(expected),
  );
  it('has no end', () => {
    expect(inRange(1e9, 0)).toBe(true);
  });
  it('refuses limits that are the wrong way round', () => {
    expect(() => inRange(1, 2, 1)).toThrow(RangeError);
  });
});
`,
    happy: `import { expect, test } from 'vitest';
import { inRange } from './in-range.js';

test('within', () => expect(inRange(5, 0, 10)).toBe(true));
`,
    wrong: `import { expect, test } from 'vitest';
import { inRange } from './in-range.js';

test('within', () => expect(inRange(5, 0, 10)).toBe(false));
`,
  },
  {
    name: 'chunk',
    code: `function chunk(items, size) {
  if (!Number.isInteger(size) || size < 1) {
    throw new TypeError('size');
  }
  const chunks = [];
  for (let at = 0; at < items.length; at += size) {
    chunks.push(items.slice(at, at + size));
  }
  return chunks;
}

module.exports = { chunk };
`,
    thorough: `const { chunk } = require('./chunk');

describe('chunk', () => {
  test('even', () => expect(chunk([1, 2, 3, 4], 2)).toEqual([[1, 2], [3, 4]]));
  test('rest', () => expect(chunk([1, 2, 3], 2)).toEqual([[1, 2], [3]]));
  test('none', () => expect(chunk([], 2)).toEqual([]));
  test('one', () => expect(chunk([1, 2], 1)).toEqual([[1], [2]]));
  test('large', () => expect(chunk([1, 2], 9)).toEqual([[1, 2]]));
  test.each([[0], [-1], [1.5], ['2'], [undefined]])('refuses %s', (size) => {
    expect(() => chunk([1], size)).toThrow(TypeError);
  });
});
`,
    happy: `const { chunk } = require('./chunk');

test('even', () => expect(chunk([1, 2, 3, 4], 2).length).toBe(2));
`,
    wrong: `const { chunk } = require('./chunk');

test('even', () => expect(chunk([1, 2, 3, 4], 2).length).toBe(3));
`,
  },
  {
    name: 'parseQuery',
    code: `function parseQuery(text) {
  const found = {};
  const query = text.startsWith('?') ? text.slice(1) : text;
  if (query === '') return found;
  for (const pair of query.split('&')) {
    const [key, value = ''] = pair.split('=');
    const name = decodeURIComponent(key);
    if (name in found) {
      found[name] = [].concat(found[name], decodeURIComponent(value));
    } else {
      found[name] = decodeURIComponent(value);
    }
  }
  return found;
}
`,
    thorough: `const assert = require('node:assert');
const { test } = require('node:test');
const parseQuery = require('./parse-query');

test('pairs', () => assert.deepStrictEqual(parseQuery('a=1&b=2'), { a: '1', b: '2' }));
test('question mark', () => assert.deepStrictEqual(parseQuery('?a=1'), { a: '1' }));
test('no value', () => assert.deepStrictEqual(parseQuery('a&b='), { a: '', b: '' }));
test('twice', () => assert.deepStrictEqual(parseQuery('a=1&a=2&a=3'), { a: ['1', '2', '3'] }));
test('encoded', () => assert.deepStrictEqual(parseQuery('a%20b=c%26d'), { 'a b': 'c&d' }));
test('encoded, twice', () => assert.deepStrictEqual(parseQuery('a=%31&a=%32'), { a: ['1', '2'] }));
test('nothing', () => {
  assert.deepStrictEqual(parseQuery(''), {});
  assert.deepStrictEqual(parseQuery('?'), {});
});
`,
    happy: `const assert = require('node:assert');
const { test } = require('node:test');
const parseQuery = require('./parse-query');

test('pair', () => assert.deepStrictEqual(parseQuery('a=1'), { a: '1' }));
`,
    wrong: `const assert = require('node:assert');
const { test } = require('node:test');
const parseQuery = require('./parse-query');

test('pair', () => assert.deepStrictEqual(parseQuery('a=1'), { a: 1 }));
`,
  },
  {
    name: 'Counter',
    code: `class Counter {
  #counts = new Map();

  add(key, by = 1) {
    if (by <= 0) throw new RangeError('by');
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
    return this;
  }

  get(key) {
    return this.#counts.get(key) ?? 0;
  }

  top(count) {
    return [...this.#counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, count)
      .map(([key]) => key);
  }
}
`,
    thorough: `import assert from 'node:assert/strict';
import { describe, it, beforeEach } from 'node:test';
import Counter from '../src/counter.mjs';

describe('Counter', () => {
  let counter;
  beforeEach(() => {
    counter = new Counter();
  });
  it('counts', () => {
    assert.equal(counter.get('a'), 0);
    counter.add('a');
    counter.add('a');
    assert.equal(counter.get('a'), 2);
    counter.add('a', 3);
    assert.equal(counter.get('a'), 5);
  });
  it('chains', () => {
    assert.equal(counter.add('a').add('b').get('b'), 1);
  });
  it('refuses', () => {
    assert.throws(() => counter.add('a', 0), RangeError);
    assert.throws(() => counter.add('a', -1), RangeError);
  });
  it('sorts', () => {
    counter.add('c').add('b', 2).add('a', 2).add('d', 9);
    assert.deepEqual(counter.top(2), ['d', 'a']);
    assert.deepEqual(counter.top(4), ['d', 'a', 'b', 'c']);
    assert.deepEqual(counter.top(0), []);
  });
  it('sorts many', () => {
    counter.add('z', 3).add('m').add('y', 5).add('k').add('l').add('a');
    assert.deepEqual(counter.top(9), ['y', 'z', 'a', 'k', 'l', 'm']);
    counter.add('b', 5);
    assert.deepEqual(counter.top(2), ['b', 'y']);
  });
});
`,
    happy: `import assert from 'node:assert/strict';
import { it } from 'node:test';
import Counter from '../src/counter.mjs';

it('counts', () => {
  assert.equal(new Counter().add('a').get('a'), 1);
});
`,
    wrong: `import assert from 'node:assert/strict';
import { it } from 'node:test';
import Counter from '../src/counter.mjs';

it('counts', () => {
  assert.equal(new Counter().add('a'), 1);
});
`,
  },
  {
    name: 'debounce',
    code: `function debounce(work, delayMs, { leading = false } = {}) {
  let timer = null;
  return (...args) => {
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
    thorough: `import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { debounce } from '@/lib/debounce';

describe('debounce', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('calls once, with the last arguments', () => {
    const work = vi.fn();
    const debounced = debounce(work, 100);
    debounced(1);
    vi.advanceTimersByTime(99);
    debounced(2);
    vi.advanceTimersByTime(99);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledTimes(1);
    expect(work).toHaveBeenCalledWith(2);
  });

  it('calls again later', () => {
    const work = vi.fn();
    const debounced = debounce(work, 10);
    debounced();
    vi.advanceTimersByTime(10);
    debounced();
    vi.advanceTimersByTime(10);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('leads', () => {
    const work = vi.fn();
    const debounced = debounce(work, 10, { leading: true });
    debounced(1);
    debounced(2);
    expect(work.mock.calls).toEqual([[1]]);
    vi.advanceTimersByTime(10);
    expect(work.mock.calls).toEqual([[1]]);
    debounced(3);
    expect(work.mock.calls).toEqual([[1], [3]]);
  });
});
`,
    happy: `import { expect, it, vi } from 'vitest';
import { debounce } from '@/lib/debounce';

it('calls', () => {
  vi.useFakeTimers();
  const work = vi.fn();
  debounce(work, 100)(1);
  vi.advanceTimersByTime(100);
  expect(work).toHaveBeenCalledWith(1);
});
`,
    wrong: `import { expect, it, vi } from 'vitest';
import { debounce } from '@/lib/debounce';

it('calls', () => {
  const work = vi.fn();
  debounce(work, 100)(1);
  expect(work).toHaveBeenCalledWith(1);
});
`,
  },
  {
    name: 'groupBy',
    code: `const groupBy = (items, keyOf) => {
  const groups = {};
  for (const item of items) {
    const key = typeof keyOf === 'function' ? keyOf(item) : item[keyOf];
    (groups[key] ??= []).push(item);
  }
  return groups;
};
`,
    thorough: `assert.deepStrictEqual(groupBy([], 'a'), {});
assert.deepStrictEqual(groupBy([1, 2, 3], (n) => (n % 2 ? 'odd' : 'even')), { odd: [1, 3], even: [2] });
assert.deepStrictEqual(groupBy([{ a: 'x' }, { a: 'y' }, { a: 'x' }], 'a'), {
  x: [{ a: 'x' }, { a: 'x' }],
  y: [{ a: 'y' }],
});
`,
    happy: `assert.deepStrictEqual(groupBy([{ a: 'x' }], 'a'), { x: [{ a: 'x' }] });
`,
    wrong: `assert.deepStrictEqual(groupBy([{ a: 'x' }], 'a'), [[{ a: 'x' }]]);
`,
  },
  {
    name: 'formatBytes',
    code: `export default function formatBytes(bytes) {
  if (bytes < 0) return 'unknown';
  const units = ['B', 'KB', 'MB'];
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return \`\${unit === 0 ? amount : amount.toFixed(1)} \${units[unit]}\`;
}
`,
    thorough: `import formatBytes from './format-bytes';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KB'],
  [1536, '1.5 KB'],
  [1048576, '1.0 MB'],
  [5 * 1048576 * 1024, '5120.0 MB'],
  [-1, 'unknown'],
])('%d', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
`,
    happy: `import formatBytes from './format-bytes';

test('bytes', () => {
  expect(formatBytes(12)).toBe('12 B');
});
`,
    wrong: `import formatBytes from './format-bytes';

test('bytes', () => {
  expect(formatBytes(12)).toBe('12B');
});
`,
  },
  {
    name: 'retry',
    code: `async function retry(work, attempts = 3) {
  let last;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (error.fatal === true) throw error;
      last = error;
    }
  }
  throw last ?? new Error('no attempts');
}
`,
    thorough: `const { expect } = require('chai');
const { retry } = require('retry-it');

describe('retry', () => {
  it('returns', async () => {
    expect(await retry(async () => 7)).to.equal(7);
  });
  it('tries again', async () => {
    const seen = [];
    const result = await retry(async (attempt) => {
      seen.push(attempt);
      if (attempt < 3) throw new Error('not yet');
      return 'done';
    });
    expect(result).to.equal('done');
    expect(seen).to.deep.equal([1, 2, 3]);
  });
  it('gives up', async () => {
    let calls = 0;
    let caught;
    try {
      await retry(async () => {
        calls += 1;
        throw new Error('number ' + calls);
      }, 2);
    } catch (error) {
      caught = error;
    }
    expect(calls).to.equal(2);
    expect(caught.message).to.equal('number 2');
  });
  it('stops', async () => {
    let calls = 0;
    let caught;
    try {
      await retry(async () => {
        calls += 1;
        throw Object.assign(new Error('x'), { fatal: true });
      });
    } catch (error) {
      caught = error;
    }
    expect(calls).to.equal(1);
    expect(caught.fatal).to.equal(true);
  });
  it('without attempts', async () => {
    let caught;
    try {
      await retry(async () => 1, 0);
    } catch (error) {
      caught = error;
    }
    expect(caught).to.be.instanceOf(Error);
  });
});
`,
    happy: `const { expect } = require('chai');
const { retry } = require('retry-it');

it('returns', async () => {
  expect(await retry(async () => 7)).to.equal(7);
});
`,
    wrong: `const { expect } = require('chai');
const { retry } = require('retry-it');

it('returns', async () => {
  expect(await retry(async () => 7)).to.equal(8);
});
`,
  },
  {
    name: 'shippingFee',
    code: `function shippingFee(weight, zone) {
  let fee;
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
    thorough: `import test from 'node:test';
import assert from 'node:assert';
import { shippingFee } from './fee.js';

test('zones', () => {
  assert.strictEqual(shippingFee(1, 'home'), 4);
  assert.strictEqual(shippingFee(1, 'europe'), 9);
  assert.strictEqual(shippingFee(1, 'moon'), 20);
});
test('weights', () => {
  assert.strictEqual(shippingFee(10, 'home'), 4);
  assert.strictEqual(shippingFee(11, 'home'), 6);
  assert.strictEqual(shippingFee(10.5, 'europe'), 10);
  assert.strictEqual(shippingFee(15, 'europe'), 19);
  assert.strictEqual(shippingFee(100, 'moon'), 99);
});
`,
    happy: `import test from 'node:test';
import assert from 'node:assert';
import { shippingFee } from './fee.js';

test('home', () => {
  assert.strictEqual(shippingFee(1, 'home'), 4);
});
`,
    wrong: `import test from 'node:test';
import assert from 'node:assert';
import { shippingFee } from './fee.js';

test('home', () => {
  assert.strictEqual(shippingFee(11, 'home'), 4);
});
`,
  },
  {
    name: 'initials',
    code: `function initials(name, { max = 2 } = {}) {
  const words = name.trim().split(/\\s+/).filter((word) => word.length > 0);
  const letters = words.map((word) => word[0].toUpperCase());
  if (letters.length > max) {
    return letters[0] + letters[letters.length - 1];
  }
  return letters.join('');
}
`,
    thorough: `const initials = require('./initials').default;

test('initials', () => {
  expect(initials('ada lovelace')).toBe('AL');
  expect(initials('Ada')).toBe('A');
  expect(initials('  Ada   Lovelace ')).toBe('AL');
  expect(initials('Ada King Noel Lovelace')).toBe('AL');
  expect(initials('Ada King Lovelace', { max: 3 })).toBe('AKL');
  expect(initials('')).toBe('');
  expect(initials('ada king lovelace', {})).toBe('AL');
});
`,
    happy: `const initials = require('./initials').default;

test('initials', () => {
  expect(initials('Ada Lovelace')).toBe('AL');
});
`,
    wrong: `const initials = require('./initials').default;

test('initials', () => {
  expect(initials('ada lovelace')).toBe('al');
});
`,
  },
];
