/** Requirements on Python packages, as PEP 508 and PEP 440 have them, as far as pure wheels need: names, versions, markers. */

export interface Requirement {
  /** Normalised (PEP 503): lower case, one dash between words. */
  readonly name: string;
  readonly specifiers: readonly Specifier[];
}

export interface Specifier {
  readonly operator: '==' | '!=' | '<=' | '>=' | '<' | '>' | '~=' | '===';
  readonly version: string;
}

export const normalisedName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** `sympy`, `sympy==1.13.3`, `attrs >= 22, < 25`, `x[extra] (>=1); python_version < "3.9"`; null: not a requirement. */
export function parseRequirement(text: string): Requirement | null {
  const [head = ''] = text.split(';');
  const match = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*\(?([^()]*)\)?\s*$/.exec(head);
  if (match === null) return null;
  const [, name = '', list = ''] = match;
  const specifiers: Specifier[] = [];
  for (const part of list.split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const found = /^(===|==|!=|<=|>=|~=|<|>)\s*([\w.*+!-]+)$/.exec(part);
    if (found === null) return null;
    specifiers.push({ operator: found[1] as Specifier['operator'], version: found[2] ?? '' });
  }
  return { name: normalisedName(name), specifiers };
}

/** Release numbers, and whether it comes before its release or after; null: not a version. */
export function parseVersion(
  text: string,
): { readonly release: readonly number[]; readonly stage: number } | null {
  const match =
    /^v?(?:\d+!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview|dev|post|rev|r)[-_.]?\d*)*(?:\+[\w.]+)?$/i.exec(
      text.trim(),
    );
  if (match === null) return null;
  const stage =
    /(?:post|rev|r)[-_.]?\d*$/i.test(text) && !/rc/i.test(text) ? 1 : match[2] === undefined ? 0 : -1;
  return { release: (match[1] ?? '').split('.').map(Number), stage };
}

/** Below 0: a is older. Versions that are none are the oldest. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  for (let at = 0; at < Math.max(left.release.length, right.release.length); at++) {
    const difference = (left.release[at] ?? 0) - (right.release[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.stage - right.stage;
}

export function fulfils(version: string, specifiers: readonly Specifier[]): boolean {
  return specifiers.every(({ operator, version: wanted }) => {
    const isPrefix = wanted.endsWith('.*');
    const base = wanted.replace(/\.\*$/, '');
    const order = compareVersions(version, base);
    const begins = `${version}.`.startsWith(`${base}.`);
    switch (operator) {
      case '==':
      case '===':
        return isPrefix ? begins : order === 0;
      case '!=':
        return isPrefix ? !begins : order !== 0;
      case '<=':
        return order <= 0;
      case '>=':
        return order >= 0;
      case '<':
        return order < 0;
      case '>':
        return order > 0;
      case '~=':
        return order >= 0 && `${version}.`.startsWith(`${base.split('.').slice(0, -1).join('.')}.`);
      default:
        return operator satisfies never;
    }
  });
}

/** What markers of requirements are asked about: the sandbox's interpreter. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  python_version: '3.13',
  python_full_version: '3.13.2',
  os_name: 'posix',
  sys_platform: 'emscripten',
  platform_system: 'Emscripten',
  platform_machine: 'wasm32',
  platform_python_implementation: 'CPython',
  implementation_name: 'cpython',
  extra: '',
};

/** Of a wheel's METADATA: what it needs here. Extras are not asked for. */
export function dependenciesIn(metadata: string): Requirement[] {
  const [headers = ''] = metadata.split(/\r?\n\r?\n/);
  return headers.split(/\r?\n/).flatMap((line) => {
    const text = /^Requires-Dist:\s*(.*)$/i.exec(line)?.[1];
    if (text === undefined) return [];
    const marker = text.split(';').slice(1).join(';');
    const requirement = parseRequirement(text);
    return requirement === null || !holds(marker) ? [] : [requirement];
  });
}

/** A marker: comparisons, joined by `and` and `or`. Brackets are taken for none, which is right for all but a few. */
function holds(marker: string): boolean {
  if (marker.trim() === '') return true;
  return marker
    .replaceAll(/[()]/g, ' ')
    .split(/\bor\b/)
    .some((part) => part.split(/\band\b/).every(comparisonHolds));
}

function comparisonHolds(text: string): boolean {
  const match = /^\s*(\w+)\s*(==|!=|<=|>=|<|>|~=|in|not in)\s*["']([^"']*)["']\s*$/.exec(text);
  if (match === null) return true;
  const [, name = '', operator = '', wanted = ''] = match;
  const own = ENVIRONMENT[name];
  if (own === undefined) return true;
  if (operator === 'in') return wanted.includes(own);
  if (operator === 'not in') return !wanted.includes(own);
  if (!/version/.test(name)) return operator === '!=' ? own !== wanted : own === wanted;
  return fulfils(own, [{ operator: operator as Specifier['operator'], version: wanted }]);
}

const PLATFORMS = ['any', 'pyodide_2025_0_wasm32', 'pyemscripten_2025_0_wasm32'];

/** A wheel's file name (PEP 427) in parts, where it runs in the sandbox; else null. */
export function wheelFor(filename: string): { readonly version: string } | null {
  const parts = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(filename);
  if (parts === null) return null;
  const [, , version = '', pythons = '', abis = '', platforms = ''] = parts;
  const hasPlatform = platforms.split('.').some((one) => PLATFORMS.includes(one));
  const hasPython = pythons.split('.').some((one) => /^(?:py3|py31[0-3]|cp313)$/.test(one));
  const hasAbi = abis.split('.').some((one) => /^(?:none|abi3|cp313)$/.test(one));
  return hasPlatform && hasPython && hasAbi ? { version } : null;
}
