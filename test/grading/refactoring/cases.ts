/** Code to refactor: aims, a reference that reaches them, and a version that looks cleaner and breaks an edge case. */
export interface Refactoring {
  readonly name: string;
  readonly language: string;
  readonly entry: string;
  readonly before: string;
  readonly table: readonly Record<string, unknown>[];
  readonly improve: Readonly<Record<string, unknown>>;
  readonly reference: string;
  readonly broken: string;
}

export const refactorings: readonly Refactoring[] = [
  {
    name: 'guard clauses',
    language: 'python',
    entry: 'fee',
    before: `def fee(weight, express, member):
    if weight > 0:
        if weight <= 30:
            if express:
                if member:
                    return 9
                else:
                    return 12
            else:
                if member:
                    return 0
                else:
                    return 5
        else:
            raise ValueError("too heavy")
    else:
        raise ValueError("no weight")
`,
    table: [
      { args: [1, false, false], returns: 5 },
      { args: [1, true, true], returns: 9 },
      { args: [30, true, false], returns: 12 },
      { args: [30, false, true], returns: 0 },
      { args: [31, false, true], raises: 'ValueError' },
      { args: [0, false, true], raises: 'ValueError' },
    ],
    improve: { nesting: '<=1', length: '<=12' },
    reference: `def fee(weight, express, member):
    if weight <= 0:
        raise ValueError("no weight")
    if weight > 30:
        raise ValueError("too heavy")
    if express:
        return 9 if member else 12
    return 0 if member else 5
`,
    broken: `def fee(weight, express, member):
    if weight <= 0:
        raise ValueError("no weight")
    if weight >= 30:
        raise ValueError("too heavy")
    if express:
        return 9 if member else 12
    return 0 if member else 5
`,
  },
  {
    name: 'a table instead of branches',
    language: 'python',
    entry: 'colour',
    before: `def colour(status):
    if status == "open":
        return "green"
    elif status == "draft":
        return "grey"
    elif status == "merged":
        return "purple"
    elif status == "closed":
        return "red"
    else:
        return "black"
`,
    table: [
      { args: ['open'], returns: 'green' },
      { args: ['draft'], returns: 'grey' },
      { args: ['merged'], returns: 'purple' },
      { args: ['closed'], returns: 'red' },
      { args: [null], returns: 'black' },
    ],
    improve: { complexity: '-60%', without: ['elif'] },
    reference: `COLOURS = {"open": "green", "draft": "grey", "merged": "purple", "closed": "red"}


def colour(status):
    return COLOURS.get(status, "black")
`,
    broken: `COLOURS = {"open": "green", "draft": "grey", "merged": "purple", "closed": "red"}


def colour(status):
    return COLOURS[status]
`,
  },
  {
    name: 'duplicated blocks',
    language: 'python',
    entry: 'report',
    before: `def report(sales, returns):
    total = 0
    rows = sales
    for row in rows:
        if row["amount"] > 0:
            total += row["amount"] * row["count"]
    sold = total
    total = 0
    rows = returns
    for row in rows:
        if row["amount"] > 0:
            total += row["amount"] * row["count"]
    return {"sold": sold, "returned": total, "net": sold - total}
`,
    table: [
      {
        args: [[{ amount: 2, count: 3 }], [{ amount: 1, count: 1 }]],
        returns: { sold: 6, returned: 1, net: 5 },
      },
      { args: [[{ amount: -2, count: 3 }], []], returns: { sold: 0, returned: 0, net: 0 } },
    ],
    improve: { duplicated_lines: 0, nesting: '<=0', scope: ['report'] },
    reference: `def report(sales, returns):
    sold, returned = _total(sales), _total(returns)
    return {"sold": sold, "returned": returned, "net": sold - returned}


def _total(rows):
    return sum(row["amount"] * row["count"] for row in rows if row["amount"] > 0)
`,
    broken: `def report(sales, returns):
    sold, returned = _total(sales), _total(returns)
    return {"sold": sold, "returned": returned, "net": sold - returned}


def _total(rows):
    return sum(row["amount"] * row["count"] for row in rows)
`,
  },
  {
    name: 'no global state',
    language: 'python',
    entry: 'running_totals',
    before: `current = 0


def add(value):
    global current
    current = current + value
    return current


def running_totals(values):
    global current
    current = 0
    result = []
    for value in values:
        result.append(add(value))
    return result
`,
    table: [
      { args: [[1, 2, 3]], returns: [1, 3, 6] },
      { args: [[]], returns: [] },
      { args: [[-1, 1]], returns: [-1, 0] },
    ],
    improve: { without: ['global'], with: ['accumulate'] },
    reference: `from itertools import accumulate


def running_totals(values):
    return list(accumulate(values))
`,
    broken: `from itertools import accumulate


def running_totals(values):
    return list(accumulate(values, initial=0))
`,
  },
  {
    name: 'too many parameters',
    language: 'python',
    entry: 'label',
    before: `def line(street, number, extra, zip_code, city, country):
    parts = [street + " " + number]
    if extra != "":
        parts.append(extra)
    parts.append(zip_code + " " + city)
    parts.append(country)
    return ", ".join(parts)


def label(address):
    return line(address["street"], address["number"], address.get("extra", ""), address["zip"], address["city"], address["country"])
`,
    table: [
      {
        args: [{ street: 'High St', number: '1', zip: '123', city: 'York', country: 'UK' }],
        returns: 'High St 1, 123 York, UK',
      },
      {
        args: [{ street: 'A', number: '2', extra: 'Floor 3', zip: '9', city: 'B', country: 'C' }],
        returns: 'A 2, Floor 3, 9 B, C',
      },
    ],
    improve: { parameters: '<=1', public_names: true },
    reference: `def line(address):
    street = f'{address["street"]} {address["number"]}'
    place = f'{address["zip"]} {address["city"]}'
    parts = [street, address.get("extra", ""), place, address["country"]]
    return ", ".join(part for part in parts if part != "")


def label(address):
    return line(address)
`,
    broken: `def line(address):
    street = f'{address["street"]} {address["number"]}'
    place = f'{address["zip"]} {address["city"]}'
    return ", ".join([street, address["extra"], place, address["country"]])


def label(address):
    return line(address)
`,
  },
  {
    name: 'callbacks to a loop',
    language: 'javascript',
    entry: 'flatten',
    before: `function flatten(list) {
  var result = [];
  for (var i = 0; i < list.length; i++) {
    if (Array.isArray(list[i])) {
      for (var j = 0; j < list[i].length; j++) {
        if (Array.isArray(list[i][j])) {
          for (var k = 0; k < list[i][j].length; k++) {
            result.push(list[i][j][k]);
          }
        } else {
          result.push(list[i][j]);
        }
      }
    } else {
      result.push(list[i]);
    }
  }
  return result;
}
`,
    table: [
      { args: [[1, [2, [3, 4]], 5]], returns: [1, 2, 3, 4, 5] },
      { args: [[]], returns: [] },
      { args: [[[[[1]]]]], returns: [[1]] },
    ],
    improve: { nesting: '<=1', complexity: '-50%', without: ['var'] },
    reference: `function flatten(list) {
  return list.flat(2);
}
`,
    broken: `function flatten(list) {
  return list.flat(Infinity);
}
`,
  },
  {
    name: 'a long function',
    language: 'javascript',
    entry: 'summary',
    before: `function summary(orders) {
  let open = 0;
  let paid = 0;
  let openCents = 0;
  let paidCents = 0;
  for (const order of orders) {
    if (order.status === 'open') {
      open += 1;
      let sum = 0;
      for (const item of order.items) {
        sum += item.cents * item.count;
      }
      openCents += sum;
    }
    if (order.status === 'paid') {
      paid += 1;
      let sum = 0;
      for (const item of order.items) {
        sum += item.cents * item.count;
      }
      paidCents += sum;
    }
  }
  return { open, openCents, paid, paidCents };
}
`,
    table: [
      {
        args: [
          [
            { status: 'open', items: [{ cents: 5, count: 2 }] },
            { status: 'paid', items: [] },
            { status: 'gone', items: [{ cents: 9, count: 9 }] },
          ],
        ],
        returns: { open: 1, openCents: 10, paid: 1, paidCents: 0 },
      },
      { args: [[]], returns: { open: 0, openCents: 0, paid: 0, paidCents: 0 } },
    ],
    improve: { length: '<=12', duplicated_lines: 0, public_names: true },
    reference: `const centsOf = (orders) =>
  orders.flatMap((order) => order.items).reduce((sum, item) => sum + item.cents * item.count, 0);

function summary(orders) {
  const open = orders.filter((order) => order.status === 'open');
  const paid = orders.filter((order) => order.status === 'paid');
  return { open: open.length, openCents: centsOf(open), paid: paid.length, paidCents: centsOf(paid) };
}
`,
    broken: `const centsOf = (orders) =>
  orders.flatMap((order) => order.items).reduce((sum, item) => sum + item.cents * item.count);

function summary(orders) {
  const open = orders.filter((order) => order.status === 'open');
  const paid = orders.filter((order) => order.status === 'paid');
  return { open: open.length, openCents: centsOf(open), paid: paid.length, paidCents: centsOf(paid) };
}
`,
  },
  {
    name: 'switch to a map',
    language: 'javascript',
    entry: 'days',
    before: `function days(month, leap) {
  switch (month) {
    case 2:
      if (leap) {
        return 29;
      } else {
        return 28;
      }
    case 4:
    case 6:
    case 9:
    case 11:
      return 30;
    default:
      return 31;
  }
}
`,
    table: [
      { args: [2, true], returns: 29 },
      { args: [2, false], returns: 28 },
      { args: [4, false], returns: 30 },
      { args: [11, true], returns: 30 },
      { args: [12, true], returns: 31 },
    ],
    improve: { without: ['switch'], complexity: '-40%' },
    reference: `const SHORT = [4, 6, 9, 11];

function days(month, leap) {
  if (month === 2) return leap ? 29 : 28;
  return SHORT.includes(month) ? 30 : 31;
}
`,
    broken: `const SHORT = [4, 6, 9, 10];

function days(month, leap) {
  if (month === 2) return leap ? 29 : 28;
  return SHORT.includes(month) ? 30 : 31;
}
`,
  },
  {
    name: 'typed and flat',
    language: 'typescript',
    entry: 'parsePort',
    before: `export function parsePort(text: string | undefined): number {
  if (text !== undefined) {
    if (text.trim() !== '') {
      const port: number = Number(text);
      if (!Number.isNaN(port)) {
        if (port >= 0 && port <= 65535) {
          return port;
        }
      }
    }
  }
  return 8080;
}
`,
    table: [
      { args: ['80'], returns: 80 },
      { args: ['0'], returns: 0 },
      { args: ['65536'], returns: 8080 },
      { args: [' '], returns: 8080 },
      { args: ['x'], returns: 8080 },
      { args: [{ $undefined: null }], returns: 8080 },
    ],
    improve: { nesting: '<=1', length: '<=7' },
    reference: `export function parsePort(text: string | undefined): number {
  if (text === undefined || text.trim() === '') return 8080;
  const port: number = Number(text);
  return port >= 0 && port <= 65535 ? port : 8080;
}
`,
    broken: `export function parsePort(text: string | undefined): number {
  const port: number = Number(text);
  return port >= 0 && port <= 65535 ? port : 8080;
}
`,
  },
  {
    name: 'one function of two',
    language: 'typescript',
    entry: 'total',
    before: `export const RATE: number = 0.2;

export function net(cents: number): number {
  return Math.round(cents / (1 + RATE));
}

export function total(rows: readonly { cents: number; paid: boolean }[]): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (row) {
      if (!row.paid) {
        sum = sum + row.cents;
      }
    }
  }
  return sum;
}
`,
    table: [
      {
        args: [
          [
            { cents: 5, paid: false },
            { cents: 7, paid: true },
          ],
        ],
        returns: 5,
      },
      { args: [[]], returns: 0 },
    ],
    improve: { nesting: 0, scope: ['total'], public_names: true },
    reference: `export const RATE: number = 0.2;

export function net(cents: number): number {
  return Math.round(cents / (1 + RATE));
}

export function total(rows: readonly { cents: number; paid: boolean }[]): number {
  return rows.filter((row) => !row.paid).reduce((sum, row) => sum + row.cents, 0);
}
`,
    broken: `export const RATE: number = 0.2;

export function net(cents: number): number {
  return Math.round(cents / (1 + RATE));
}

export function total(rows: readonly { cents: number; paid: boolean }[]): number {
  return rows.filter((row) => !row.paid).map((row) => row.cents).reduce((sum, cents) => sum + cents);
}
`,
  },
];
