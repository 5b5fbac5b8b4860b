import { rustGrammar } from '../grammars.js';
import { rustTyped } from '../typed/rust.js';
import { compiled } from './compiled.js';

export const rust = compiled({
  name: 'rust',
  fenceNames: ['rust', 'rs'],
  grammar: rustGrammar,
  kinds: {
    functions: { FunctionItem: 'BoundIdentifier' },
    classes: { StructItem: 'TypeIdentifier', EnumItem: 'TypeIdentifier', TraitItem: 'TypeIdentifier' },
    imports: ['UseDeclaration'],
    uses: ['Identifier', 'TypeIdentifier', 'ScopeIdentifier'],
    binds: ['BoundIdentifier'],
    calls: ['CallExpression', 'MacroInvocation'],
    control: ['IfExpression', 'ForExpression', 'WhileExpression', 'LoopExpression', 'MatchExpression'],
    forks: ['if', 'for', 'while', 'loop', 'MatchArm', '&&', '||', '?'],
    comments: ['LineComment', 'BlockComment'],
    holders: ['AttributeItem', 'ImplItem', 'DeclarationList', 'ModItem'],
  },
  importedFrom: (text) => [text.replace(/^(?:pub\s+)?use\s+/, '').replace(/\s*;\s*$/, '')],
  typed: rustTyped,
  nothing: 'fn main() {}\n',
  withPrelude: (code, prelude) => `${prelude}\n${code}`,
});
