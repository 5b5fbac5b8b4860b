/** Text in a width: sentences broken at spaces, names shortened in their middle. */
/** Later lines are set in by `indent`. A word that no line can hold is shortened. */
export function wrapText(text: string, columns: number, indent = '  '): string {
  const [first = '', ...words] = text
    .trimStart()
    .split(' ')
    .map((word) => shortened(word, columns - indent.length));
  const lines: string[] = [];
  let line = `${text.slice(0, text.length - text.trimStart().length)}${first}`;
  for (const word of words) {
    if (line.length + 1 + word.length <= columns) line += ` ${word}`;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line].join('\n');
}

/** `openrouter:mistr…24b-instruct:free`: both ends tell names apart. */
export function shortened(name: string, width: number): string {
  const letters = [...name];
  if (letters.length <= width) return name;
  const kept = Math.max(2, width - 1);
  const front = Math.ceil(kept / 2);
  return `${letters.slice(0, front).join('')}…${letters.slice(letters.length - (kept - front)).join('')}`;
}
