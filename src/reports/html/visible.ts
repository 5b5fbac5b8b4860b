/**
 * Controls but tab and line feed, format characters (marks of bidirectional text, spaces of no width, soft hyphens, tags),
 * separators of lines, lone surrogates, and the supplement's variation selectors.
 */
const UNSEEN = /(?![\t\n])\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Surrogate}|[\u{e0100}-\u{e01ef}]/gu;

/** Characters that are not seen, or that turn what follows, as marks: `a\u202eb` -> `a⟨U+202E⟩b`. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
