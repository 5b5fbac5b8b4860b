/** Code with documentation of several styles, and versions of it with one mistake each. */
export interface Documented {
  readonly name: string;
  readonly language: string;
  readonly isReadme?: boolean;
  readonly code: string;
  readonly reference: string;
  /** What is done to the reference (a text and what stands there instead), and the one check that it loses. */
  readonly mistakes: readonly (readonly [from: string, to: string, lost: string])[];
}

const PRICE = `def price(total, rate=0.2, rounding="up"):
    if total < 0:
        raise ValueError("negative")
    return round(total * (1 + rate), 2)
`;

const RETRY = `def retry(work: callable, attempts: int = 3, *, wait: float = 0.5) -> object:
    last = None
    for _ in range(attempts):
        try:
            return work()
        except OSError as error:
            last = error
    raise TimeoutError("gave up") from last
`;

const QUEUE = `class Queue:
    def __init__(self, limit=10):
        self._items = []
        self.limit = limit

    def put(self, item):
        if len(self._items) >= self.limit:
            raise OverflowError("full")
        self._items.append(item)

    def get(self):
        return self._items.pop(0)

    def _drop(self):
        self._items = []
`;

const SLUG = `function slug(title, maxLength = 40, separator = '-') {
  if (typeof title !== 'string') throw new TypeError('title');
  return title.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join(separator).slice(0, maxLength);
}
`;

const CLAMP = `export function clamp(value: number, low: number, high: number = 100): number {
  if (low > high) throw new RangeError('limits');
  return Math.min(high, Math.max(low, value));
}
`;

const CART = `export class Cart {
  private lines: Map<string, number> = new Map();

  constructor(private readonly currency: string = 'EUR') {}

  add(name: string, cents: number): number {
    if (cents < 0) throw new RangeError('cents');
    this.lines.set(name, cents);
    return this.lines.size;
  }

  total(): string {
    let sum = 0;
    for (const cents of this.lines.values()) sum += cents;
    return (sum / 100).toFixed(2) + ' ' + this.currency;
  }
}
`;

export const documentedCases: readonly Documented[] = [
  {
    name: 'Google style',
    language: 'python',
    code: PRICE,
    reference: PRICE.replace(
      ':\n',
      `:
    """Price with tax.

    Args:
        total (float): Before tax.
        rate: The tax rate. Defaults to 0.2.
        rounding: Which way to round (default "up").

    Returns:
        float: The price, rounded to cents.

    Raises:
        ValueError: If the total is negative.

    >>> price(10)
    12.0
    >>> price(10, rate=0.5)
    15.0
    """
`,
    ),
    mistakes: [
      ['        total (float): Before tax.\n', '', 'price(total)'],
      ['Defaults to 0.2', 'Defaults to 0.25', 'price defaults'],
      ['    12.0\n', '    12.5\n', 'examples'],
      ['total < 0:\n', 'total <= 0:\n', 'code'],
      ['        ValueError:', '        KeyError:', 'price raises ValueError'],
      ['        float: The price, rounded to cents.\n', '', 'price returns'],
      ['        rounding: Which', '        rounds: Which way.\n        rounding: Which', 'price names'],
    ],
  },
  {
    name: 'NumPy style',
    language: 'python',
    code: RETRY,
    reference: RETRY.replace(
      '-> object:\n',
      `-> object:
    """
    Call until it works.

    Parameters
    ----------
    work : callable
        What to call.
    attempts : int, optional
        How often to try, default 3.
    wait : float, default: 0.5
        Seconds between two attempts.

    Returns
    -------
    object
        What \`work\` returns.

    Raises
    ------
    TimeoutError
        If no attempt works.

    Examples
    --------
    >>> retry(lambda: 5)
    5
    """
`,
    ),
    mistakes: [
      ['    work : callable\n        What to call.\n', '', 'retry(work)'],
      ['default 3.', 'default 5.', 'retry defaults'],
      ['    5\n    """', '    6\n    """', 'examples'],
      ['last = None', 'last = 0', 'code'],
      ['attempts : int, optional', 'attempts : str, optional', 'retry types'],
      [
        '    TimeoutError\n        If no attempt works.\n',
        '    OSError\n        If no attempt works.\n',
        'retry raises TimeoutError',
      ],
    ],
  },
  {
    name: 'reST style',
    language: 'python',
    code: PRICE,
    reference: PRICE.replace(
      ':\n',
      `:
    """Price with tax.

    :param float total: before tax
    :param rate: the tax rate, defaults to 0.2
    :param rounding: which way to round
    :type rounding: str
    :returns: the price
    :raises ValueError: if the total is negative

    >>> price(100)
    120.0
    """
`,
    ),
    mistakes: [
      ['    :param rounding: which way to round\n    :type rounding: str\n', '', 'price(rounding)'],
      ['defaults to 0.2', 'defaults to 0.3', 'price defaults'],
      ['    120.0', '    125.0', 'examples'],
      ['1 + rate', '1 - rate', 'code'],
      ['    :returns: the price\n', '', 'price returns'],
    ],
  },
  {
    name: 'a class',
    language: 'python',
    code: QUEUE,
    reference: QUEUE.replace(
      'class Queue:\n',
      `class Queue:
    """First in, first out.

    Args:
        limit: The largest number of items. Defaults to 10.

    >>> queue = Queue()
    >>> queue.put("a")
    >>> queue.get()
    'a'
    """

`,
    )
      .replace(
        'def put(self, item):\n',
        `def put(self, item):
        """Add an item at the end.

        Args:
            item: Anything.

        Raises:
            OverflowError: If it is full.
        """
`,
      )
      .replace(
        'def get(self):\n',
        `def get(self):
        """Take the first item.

        Returns:
            The item.
        """
`,
      ),
    mistakes: [
      ['            item: Anything.\n', '', 'Queue.put(item)'],
      ['Defaults to 10', 'Defaults to 100', 'Queue defaults'],
      ["    'a'\n", "    'b'\n", 'examples'],
      ['pop(0)', 'pop()', 'code'],
      ['            OverflowError: If', '            IndexError: If', 'Queue.put raises OverflowError'],
    ],
  },
  {
    name: 'JSDoc',
    language: 'javascript',
    code: SLUG,
    reference: `/**
 * The last part of a URL.
 *
 * @param {string} title - Of the article.
 * @param {number} [maxLength=40] - Characters at most.
 * @param {string} [separator='-'] - Between words.
 * @returns {string} The slug.
 * @throws {TypeError} If the title is not a string.
 * @example
 * slug('Hello, World'); // => 'hello-world'
 * slug('a b', 9, '_') // 'a_b'
 */
${SLUG}`,
    mistakes: [
      [' * @param {string} title - Of the article.\n', '', 'slug(title)'],
      ['[maxLength=40]', '[maxLength=80]', 'slug defaults'],
      ["// => 'hello-world'", "// => 'hello_world'", 'examples'],
      ['join(separator)', "join('-')", 'code'],
      [' * @throws {TypeError} If the title is not a string.\n', '', 'slug raises TypeError'],
      [' * @returns {string} The slug.\n', '', 'slug returns'],
      ['[separator=', '[delimiter] - None.\n * @param {string} [separator=', 'slug names'],
    ],
  },
  {
    name: 'TSDoc',
    language: 'typescript',
    code: CLAMP,
    reference: `/**
 * Keeps a number between two others.
 *
 * @param value - The number.
 * @param low - The least result.
 * @param high - The largest result, defaults to 100.
 * @returns The nearest number within the limits.
 * @throws {@link RangeError} if low is above high
 *
 * @example
 * \`\`\`ts
 * clamp(5, 0); // => 5
 * console.log(clamp(500, 0)); // 100
 * clamp(1, 3, 2); // throws RangeError
 * \`\`\`
 */
${CLAMP}`,
    mistakes: [
      [' * @param low - The least result.\n', '', 'clamp(low)'],
      ['defaults to 100', 'defaults to 10', 'clamp defaults'],
      ['// throws RangeError', '// throws TypeError', 'examples'],
      ['Math.max(low, value)', 'Math.max(value, low)', 'code'],
      [' * @returns The nearest number within the limits.\n', '', 'clamp returns'],
    ],
  },
  {
    name: 'a class in TypeScript',
    language: 'typescript',
    code: CART,
    reference: CART.replace(
      'export class Cart {',
      `/**
 * Lines of an order.
 *
 * @example
 * const cart = new Cart();
 * cart.add('tea', 350); // => 1
 * const text = cart.total(); // => '3.50 EUR'
 */
export class Cart {`,
    )
      .replace(
        '  constructor(',
        `  /**
   * @param {string} currency - Behind the total. Defaults to 'EUR'.
   */
  constructor(`,
      )
      .replace(
        '  add(name',
        `  /**
   * Adds a line.
   *
   * @param {string} name - What is bought.
   * @param {number} cents - What it costs.
   * @returns {number} The number of lines.
   * @throws {RangeError} Below zero.
   */
  add(name`,
      )
      .replace(
        '  total()',
        `  /**
   * What it costs in all.
   *
   * @returns {string} The sum with its currency.
   */
  total()`,
      ),
    mistakes: [
      ['   * @param {number} cents - What it costs.\n', '', 'Cart.add(cents)'],
      ["Defaults to 'EUR'", "Defaults to 'USD'", 'Cart defaults'],
      ["// => '3.50 EUR'", "// => '3.5 EUR'", 'examples'],
      ['let sum = 0', 'let sum = 1', 'code'],
      ['{number} cents', '{string} cents', 'Cart.add types'],
    ],
  },
  {
    name: 'a README with Python',
    language: 'python',
    isReadme: true,
    code: PRICE,
    reference: `# Prices

## \`price(total, rate=0.2, rounding="up")\`

Returns the price with tax, and raises \`ValueError\` for negative totals.

- \`total\`: before tax
- \`rate\`: the tax rate, default 0.2
- \`rounding\`: which way to round

\`\`\`python
from prices import price

price(10)  # => 12.0
print(price(100, 0.1))  # 110.0
\`\`\`
`,
    mistakes: [
      ['- `rounding`: which way to round\n', '', 'price(rounding)'],
      ['default 0.2', 'default 0.3', 'price defaults'],
      ['# => 12.0', '# => 13.0', 'examples'],
      ['and raises `ValueError` for', 'and fails for', 'price raises ValueError'],
    ],
  },
  {
    name: 'a README with doctest',
    language: 'python',
    isReadme: true,
    code: QUEUE,
    reference: `# Queue

\`\`\`python
>>> queue = Queue(limit=1)
>>> queue.put("a")
>>> queue.put("b")
Traceback (most recent call last):
OverflowError: full
\`\`\`

## Queue

\`Queue\` keeps at most \`limit\` items (default 10).

### put

\`put(item)\` adds the \`item\`; raises \`OverflowError\` if it is full.

### get

\`get()\` returns the first one.
`,
    mistakes: [
      ['adds the `item`; raises', 'adds; raises', ''],
      ['(default 10)', '(default 20)', 'Queue defaults'],
      ['OverflowError: full\n```', 'IndexError: full\n```', 'examples'],
      ['raises `OverflowError` if', 'fails if', 'Queue.put raises OverflowError'],
    ],
  },
  {
    name: 'a README with JavaScript',
    language: 'javascript',
    isReadme: true,
    code: SLUG,
    reference: `# slug

\`slug(title, maxLength, separator)\` returns the last part of a URL. It throws a \`TypeError\` if the title is no text.

| parameter | default | meaning |
| --- | --- | --- |
| \`title\` | | of the article |
| \`maxLength\` | 40 | characters at most |
| \`separator\` | \`'-'\` | between words |

\`\`\`js
import { slug } from 'slug';

const text = slug('Hello, World'); // 'hello-world'
console.log(slug('a b')); // a-b
\`\`\`
`,
    mistakes: [
      ["// 'hello-world'", "// 'hello_world'", 'examples'],
      ['It throws a `TypeError` if', 'It fails if', 'slug raises TypeError'],
      ["slug('a b')); // a-b", 'slug(1)); // a-b', 'examples'],
    ],
  },
];
