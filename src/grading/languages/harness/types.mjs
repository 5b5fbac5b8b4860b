// TypeScript without its types, by swc, which is loaded with the first of it.
import { createRequire } from 'node:module';

let swc = null;

/**
 * Types become blanks, so that lines and columns stay; what is more than types (enums, namespaces, parameter properties)
 * is rewritten, and lines move. Whatever else goes wrong in there may have broken swc itself: it is thrown.
 *
 * @param {string} code
 * @param {string} swcFile
 */
export function withoutTypes(code, swcFile) {
  swc ??= createRequire(import.meta.url)(swcFile);
  const transform = { noEmptyExport: true, nativeClassProperties: true };
  const attempt = (mode) => swc.transformSync(code, { mode, module: true, transform }).code;
  const raised = ({ message, startLine }) => ({
    raised: { types: ['SyntaxError', 'Error'], message: String(message), line: startLine ?? null },
  });
  try {
    return { code: attempt('strip-only'), moved: false };
  } catch (error) {
    if (error?.code === 'InvalidSyntax') return raised(error);
    if (error?.code !== 'UnsupportedSyntax') throw error;
  }
  try {
    return { code: attempt('transform'), moved: true };
  } catch (error) {
    if (error?.code === undefined) throw error;
    return raised(error);
  }
}
