import { javaGrammar } from '../grammars.js';
import { javaTyped } from '../typed/java.js';
import { compiled } from './compiled.js';

export const java = compiled({
  name: 'java',
  fenceNames: ['java'],
  grammar: javaGrammar,
  kinds: {
    functions: { MethodDeclaration: 'Definition', ConstructorDeclaration: 'Definition' },
    classes: {
      ClassDeclaration: 'Definition',
      InterfaceDeclaration: 'Definition',
      EnumDeclaration: 'Definition',
      RecordDeclaration: 'Definition',
    },
    imports: ['ImportDeclaration'],
    uses: ['Identifier', 'TypeName', 'MethodName'],
    binds: ['Definition'],
    calls: ['MethodInvocation', 'ObjectCreationExpression'],
    control: [
      'IfStatement',
      'ForStatement',
      'EnhancedForStatement',
      'WhileStatement',
      'DoStatement',
      'SwitchStatement',
      'TryStatement',
    ],
    forks: ['if', 'for', 'while', 'case', 'catch', '&&', '||', '?'],
    comments: ['LineComment', 'BlockComment'],
    holders: ['ClassDeclaration', 'ClassBody', 'RecordDeclaration', 'EnumDeclaration', 'EnumBody'],
  },
  importedFrom: (text) => [text.replace(/^import\s+(?:static\s+)?/, '').replace(/\s*;\s*$/, '')],
  typed: javaTyped,
  nothing: 'public class Main {\n    public static void main(String[] args) {}\n}\n',
  withPrelude(code, prelude) {
    // Imports stand below a package clause, and above everything else.
    const [clause = ''] = /^\s*package\s+[\w.]+\s*;/.exec(code) ?? [];
    return `${clause}${prelude}\n${code.slice(clause.length)}`;
  },
});
