import { Document, isScalar, visit } from 'yaml';
import type { ImportedSuite } from './importer.js';

/** What a block of YAML does not give back as it was: space before the first word or alone in a line, odd line ends. */
const TOO_ODD_FOR_A_BLOCK = /^[ \t]+$|[\r\u0085\u2028\u2029\uFEFF]/m;

/** The YAML of a suite, readable: code stands in blocks, as it was written. */
export function suiteText({
  name,
  description,
  sandbox,
  categories,
  defaults,
  cases,
}: ImportedSuite): string {
  const own = categories === undefined || categories.length === 0 ? {} : { categories };
  const where = sandbox === undefined ? {} : { sandbox };
  const document = new Document({ name, description, ...where, ...own, defaults, cases });
  visit(document, {
    Scalar(_, node) {
      if (!isScalar(node) || typeof node.value !== 'string' || !node.value.includes('\n')) return;
      if (/^\s/.test(node.value) || TOO_ODD_FOR_A_BLOCK.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  // A quoted text over several lines loses a line of spaces alone: it stays on one.
  const doubleQuotedMinMultiLineLength = Number.MAX_SAFE_INTEGER;
  return document.toString({ lineWidth: 0, blockQuote: 'literal', doubleQuotedMinMultiLineLength });
}
