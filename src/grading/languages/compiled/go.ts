import { goGrammar } from '../grammars.js';
import { goTyped } from '../typed/go.js';
import { compiled } from './compiled.js';

export const go = compiled({
  name: 'go',
  fenceNames: ['go', 'golang'],
  grammar: goGrammar,
  kinds: {
    functions: { FunctionDecl: 'DefName', MethodDecl: 'FieldName' },
    classes: { TypeDecl: 'TypeSpec DefName' },
    imports: ['ImportDecl'],
    uses: ['VariableName', 'TypeName'],
    binds: ['DefName'],
    calls: ['CallExpr'],
    control: ['IfStatement', 'ForStatement', 'SwitchStatement', 'TypeSwitchStatement', 'SelectStatement'],
    forks: ['if', 'for', 'case', '&&', '||'],
    comments: ['LineComment', 'BlockComment'],
    holders: [],
  },
  importedFrom: (text) => [...text.matchAll(/"([^"]+)"|`([^`]+)`/g)].map(([, a, b]) => a ?? b ?? ''),
  typed: goTyped,
  nothing: 'package main\n\nfunc main() {}\n',
  withPrelude: (code, prelude) => afterPackage(code, prelude),
});

/** A package clause stands first, and once. */
function afterPackage(code: string, prelude: string): string {
  const clause = /^[ \t]*package[ \t]+\w+[^\n]*\n?/m;
  const own = clause.exec(code)?.[0] ?? clause.exec(prelude)?.[0] ?? 'package main\n';
  return `${own.trimEnd()}\n${prelude.replace(clause, '')}\n${code.replace(clause, '')}`;
}
