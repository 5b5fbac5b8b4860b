/** Tables without a frame: columns aligned, no rule, no padding at the ends of lines. */
import Table from 'cli-table3';

export function plainTable(
  head: readonly string[],
  styled: (title: string) => string = (title) => title,
): Table.Table {
  const sides = ['top', 'bottom', 'left', 'right', 'mid'] as const;
  const chars = Object.fromEntries(
    sides.flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((name) => [name, ''])),
  );
  return new Table({
    head: head.map(styled),
    chars: { ...chars, middle: ' ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
}

export function tableText(table: Table.Table): string {
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  return `${lines.join('\n')}\n`;
}
