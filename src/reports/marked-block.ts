/** A block of a document that is ours to write: what stands between two marks. The rest keeps every byte. */

const OPEN = '<!-- bench:matrix -->';
const CLOSE = '<!-- /bench:matrix -->';

/** The document with the block in it; or what is wrong with its marks, and the help. */
export function withBlock(
  document: string,
  block: string,
): { readonly text: string } | { readonly problem: string; readonly help: string } {
  const open = document.indexOf(OPEN);
  const close = document.indexOf(CLOSE);
  const marks = `write ${OPEN} and ${CLOSE} on lines of their own where the matrix should stand`;
  if (open < 0 && close < 0) return { problem: 'has no marks for the matrix', help: marks };
  if (close < 0) return { problem: `has no ${CLOSE} after its ${OPEN}`, help: marks };
  if (open < 0 || close < open) return { problem: `has no ${OPEN} before its ${CLOSE}`, help: marks };
  if (document.indexOf(OPEN, open + 1) >= 0) {
    return { problem: `has ${OPEN} more than once`, help: 'leave one of them' };
  }
  const lineBreak = document.includes('\r\n') ? '\r\n' : '\n';
  const lines = ['', '', ...block.trim().split('\n'), '', ''].join(lineBreak);
  return { text: `${document.slice(0, open + OPEN.length)}${lines}${document.slice(close)}` };
}
