import { cppGrammar } from '../grammars.js';
import { cppTyped } from '../typed/cpp.js';
import { compiled } from './compiled.js';

export const cpp = compiled({
  name: 'cpp',
  fenceNames: ['cpp', 'c++', 'cc', 'cxx', 'hpp', 'c'],
  grammar: cppGrammar,
  kinds: {
    functions: { FunctionDefinition: 'FunctionDeclarator Identifier' },
    classes: { StructSpecifier: 'TypeIdentifier', ClassSpecifier: 'TypeIdentifier' },
    imports: ['PreprocDirective'],
    uses: ['Identifier', 'TypeIdentifier'],
    binds: [],
    calls: ['CallExpression'],
    control: [
      'IfStatement',
      'ForStatement',
      'ForRangeLoop',
      'WhileStatement',
      'DoStatement',
      'SwitchStatement',
      'TryStatement',
    ],
    forks: ['if', 'for', 'while', 'case', 'catch', '&&', '||', '?'],
    comments: ['LineComment', 'BlockComment'],
    holders: ['TemplateDeclaration', 'NamespaceDefinition', 'DeclarationList'],
  },
  importedFrom: (text) =>
    [/#\s*include\s*[<"]([^>"]+)[>"]/.exec(text)?.[1] ?? ''].filter((name) => name !== ''),
  typed: cppTyped,
  nothing: 'int main() {\n    return 0;\n}\n',
  withPrelude: (code, prelude) => `${prelude}\n${code}`,
});
