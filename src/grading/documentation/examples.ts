/** Examples in documentation, as programs that fail if an example does not give what it says. */
import type { SyntaxNode } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import { parse } from 'comment-parser';
import type { Example } from '../../domain/kinds/documentation.js';
import { codeBlocks } from '../code-blocks.js';
import { childrenOf, parseStrictly } from '../languages/syntax.js';

/** `>>>` in docstrings, by the name that they document. */
export function docstringExamples(texts: ReadonlyMap<string, string>): readonly Example[] {
  return [...texts].flatMap(([name, text]) =>
    text.includes('>>>') ? [{ of: name === '' ? 'the module' : name, tests: asDoctest(text) }] : [],
  );
}

/** Names are found as the code under test has them. */
const asDoctest = (text: string): string => `import doctest as _doctest
_found = _doctest.DocTestParser().get_doctest(${JSON.stringify(text)}, {**globals()}, "example", None, 0)
_said = []
_result = _doctest.DocTestRunner(verbose=False).run(_found, out=_said.append)
assert _result.failed == 0, " ".join("".join(_said).split("Expected:")[-1].split())[:200]
`;

/** Fences of a language in Markdown; `names`: an example uses one of them. */
export function fenceExamples(
  markdown: string,
  labels: ReadonlySet<string>,
  names: readonly string[],
  asTests: (code: string) => string,
): readonly Example[] {
  return codeBlocks(markdown).flatMap(({ language, code, line }) => {
    const isUse = names.some((name) =>
      new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(code),
    );
    return labels.has(language) && isUse ? [{ of: `line ${line + 1}`, tests: asTests(code) }] : [];
  });
}

/** Each expression at the top with a comment behind it: what it gives, or what it prints. */
export const pythonExample = (code: string): string =>
  code.includes('>>>')
    ? asDoctest(code)
    : `import ast as _ast, contextlib as _contextlib, io as _io, re as _re
_source = ${JSON.stringify(code)}
_lines = _source.split("\\n")
_scope = {**globals(), "__name__": "example"}

def _check(statement, said, marked):
    printed = _io.StringIO()
    expected = None
    name = _re.match(r"(?:raises?|throws?)\\s+(\\w+)", said, _re.I)
    try:
        with _contextlib.redirect_stdout(printed):
            value = eval(compile(_ast.Expression(statement.value), "example", "eval"), _scope)
    except Exception as error:
        if name and any(base.__name__ == name[1] for base in type(error).__mro__):
            return
        raise
    assert not name, f"expected {said}"
    try:
        expected = _ast.literal_eval(said)
    except Exception:
        if not marked:
            return
        shown = printed.getvalue().strip() or repr(value)
        assert said in (shown, str(value)), f"expected {said}, got {shown}"
        return
    shown = printed.getvalue().strip()
    got = value if not shown else shown
    assert got == expected or shown == said or shown == str(expected), f"expected {said}, got {got!r}"

for _statement in _ast.parse(_source).body:
    _comment = _re.search(r"#\\s*((?:=>|->|→|output:|prints:?|returns:?|result:)?)\\s*(\\S.*)$", _lines[_statement.end_lineno - 1][_statement.end_col_offset:], _re.I)
    if _comment and isinstance(_statement, _ast.Expr):
        _check(_statement, _comment[2].strip(), _comment[1] != "")
    else:
        exec(compile(_ast.Module([_statement], []), "example", "exec"), _scope)
`;

/** `@example` of comments, by the name that they document. */
export function commentExamples(texts: ReadonlyMap<string, string>, parser: LRParser): readonly Example[] {
  return [...texts].flatMap(([name, comment]) =>
    parse(comment, { spacing: 'preserve' })
      .flatMap(({ tags }) => tags)
      .filter(({ tag }) => tag === 'example')
      .map((tag) => ({ of: name, tests: javascriptExample(withoutFence(exampleText(tag)), parser) })),
  );
}

function exampleText({ source }: ReturnType<typeof parse>[number]['tags'][number]): string {
  return source
    .map(({ tokens }) => {
      const { name, type, description, postTag, postName, postType, postDelimiter } = tokens;
      // What looks like a type or a name is code here.
      return tokens.tag === ''
        ? postDelimiter + description
        : `${postTag}${type}${postType}${name}${postName}${description}`;
    })
    .join('\n')
    .replace(/<caption>[\s\S]*?<\/caption>/, '');
}

const withoutFence = (text: string): string => /```\w*\n([\s\S]*?)```/.exec(text)?.[1] ?? text;

const MARKED = /^\/\/\s*((?:=>|->|→|output:|logs:?|prints:?|returns:?|result:)?)\s*(\S.*)$/i;

/** Each expression at the top, or variable, with a comment behind it: what it gives. */
export function javascriptExample(code: string, parser: LRParser): string {
  let tests = '';
  let at = 0;
  for (const node of childrenOf(parser.parse(code).topNode)) {
    if (node.name !== 'LineComment' || node.prevSibling === null) continue;
    const statement = node.prevSibling;
    const isBehind = !code.slice(statement.to, node.from).includes('\n');
    const match = MARKED.exec(code.slice(node.from, node.to));
    if (!isBehind || match === null) continue;
    const [, mark = '', said = ''] = match;
    const checked = checkOf(statement, code, said.trim().replace(/;$/, ''), mark !== '', parser);
    if (checked === null) continue;
    tests += code.slice(at, statement.from) + checked;
    at = node.to;
  }
  return `const { strict: exampleAssert } = require('node:assert');\n${tests}${code.slice(at)}`;
}

function checkOf(
  statement: SyntaxNode,
  code: string,
  said: string,
  isMarked: boolean,
  parser: LRParser,
): string | null {
  const own = code.slice(statement.from, statement.to);
  const expression = expressionIn(statement, own, code);
  if (expression === null) return null;
  const thrown = /^throws?\s+(?:an?\s+)?([A-Za-z_$][\w$]*)/i.exec(said)?.[1];
  if (thrown !== undefined)
    return `await exampleAssert.rejects(async () => { ${own} }, (error) => error?.name === ${JSON.stringify(thrown)});`;
  const isValue = 'tree' in parseStrictly(parser, `(${said});`) && !/^[a-z]+(?:\s+[a-z]+)+$/i.test(said);
  const declared = statement.name === 'VariableDeclaration' ? own : '';
  if (isValue && (isMarked || /^(?:["'[{(\d-]|true\b|false\b|null\b|undefined\b|NaN\b)/.test(said)))
    return `${declared}exampleAssert.deepEqual(await (${expression}), (${said}));`;
  return isMarked
    ? `${declared}exampleAssert.equal(String(await (${expression})), ${JSON.stringify(said)});`
    : null;
}

/** What a statement gives: itself, what it prints, or its variable. */
function expressionIn(statement: SyntaxNode, own: string, code: string): string | null {
  if (statement.name === 'VariableDeclaration') {
    const name = statement.getChild('VariableDefinition');
    return name === null ? null : code.slice(name.from, name.to);
  }
  if (statement.name !== 'ExpressionStatement') return null;
  const plain = own.replace(/;\s*$/, '');
  return /^console\.log\(([\s\S]*)\)$/.exec(plain)?.[1] ?? plain;
}
