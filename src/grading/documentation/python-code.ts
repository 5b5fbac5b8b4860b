/** Python code, read for what it offers and what its docstrings say. */
import type { SyntaxNode } from '@lezer/common';
import type { Documentation, OfferedName } from '../../domain/kinds/documentation.js';
import { pythonGrammar } from '../languages/grammars.js';
import { childrenOf } from '../languages/syntax.js';
import { parametersOf, type Text } from './parameters.js';
import { dedented, readDocstring } from './python-docstrings.js';

export interface ReadCode {
  readonly offered: readonly OfferedName[];
  /** By name. */
  readonly documented: ReadonlyMap<string, Documentation>;
  /** Docstrings and comments as they are, by name; "" for the module. */
  readonly texts: ReadonlyMap<string, string>;
}

export function readPython(code: string): ReadCode {
  const text: Text = (node) => code.slice(node.from, node.to);
  const top = pythonGrammar().parse(code).topNode;
  const offered: OfferedName[] = [];
  const texts = new Map<string, string>();
  const add = (name: string, owner: SyntaxNode) => {
    const docstring = docstringIn(owner, text);
    if (docstring !== null) texts.set(name, docstring);
  };
  const visit = (node: SyntaxNode, above: string) => {
    const definition = node.name === 'DecoratedStatement' ? node.lastChild : node;
    const own = definition?.getChild('VariableName');
    if (!definition || !own || text(own).startsWith('_')) return;
    const name = `${above}${text(own)}`;
    if (definition.name === 'FunctionDefinition') {
      add(name, definition);
      offered.push({ name, ...offeredBy(definition, above !== '', text) });
    } else if (definition.name === 'ClassDefinition') {
      add(name, definition);
      const members = childrenOf(definition.getChild('Body') ?? definition);
      const made = members.find(
        (member) => member.name === 'FunctionDefinition' && nameOf(member, text) === '__init__',
      );
      const parameters = made === undefined ? [] : offeredBy(made, true, text);
      offered.push({ name, parameters: [], raises: [], ...parameters, returns: false });
      // What a constructor takes may be said there. It is indented further than the class's own docstring.
      const ofConstructor = made === undefined ? null : docstringIn(made, text);
      if (ofConstructor !== null) {
        const both = [texts.get(name) ?? '', ofConstructor].flatMap((one) => [...dedented(one), '']);
        texts.set(name, both.join('\n').trim());
      }
      for (const member of members) visit(member, `${name}.`);
    }
  };
  add('', top);
  for (const node of childrenOf(top)) visit(node, '');
  const documented = [...texts].flatMap(([name, docstring]) =>
    name === '' || docstring.trim() === '' ? [] : [[name, readDocstring(docstring)] as const],
  );
  return { offered, documented: new Map(documented), texts };
}

const nameOf = (node: SyntaxNode, text: Text): string => {
  const name = node.getChild('VariableName');
  return name === null ? '' : text(name);
};

function offeredBy(definition: SyntaxNode, isMethod: boolean, text: Text): Omit<OfferedName, 'name'> {
  const isFree =
    definition.parent?.name === 'DecoratedStatement' && /@staticmethod\b/.test(text(definition.parent));
  const parameters = parametersOf(definition.getChild('ParamList') ?? definition, PARAMETERS, text);
  const found = { returns: false, raises: new Set<string>() };
  search(definition.getChild('Body'), text, found);
  return {
    parameters: isMethod && !isFree ? parameters.slice(1) : parameters,
    returns: found.returns,
    raises: [...found.raises],
  };
}

const PARAMETERS = { name: 'VariableName', type: 'TypeDef', equals: 'AssignOp' };

/** Of its own body, not of functions inside it. */
function search(
  node: SyntaxNode | null,
  text: Text,
  found: { returns: boolean; readonly raises: Set<string> },
): void {
  if (node === null || node.name === 'FunctionDefinition' || node.name === 'LambdaExpression') return;
  if (node.name === 'ReturnStatement' && !/^return\s*(?:None)?$/.test(text(node))) found.returns = true;
  if (node.name === 'YieldStatement' || node.name === 'YieldExpression') found.returns = true;
  if (node.name === 'RaiseStatement') {
    const name = /^raise\s+([A-Z]\w*(?:\.\w+)*)/.exec(text(node))?.[1];
    if (name !== undefined) found.raises.add(name.split('.').at(-1) ?? name);
  }
  for (const child of childrenOf(node)) search(child, text, found);
}

/** Between its quotes. */
function docstringIn(owner: SyntaxNode, text: Text): string | null {
  const body = owner.name === 'Script' ? owner : owner.getChild('Body');
  const first =
    body === null ? undefined : childrenOf(body).find(({ name }) => name !== ':' && name !== 'Comment');
  const string = first?.name === 'ExpressionStatement' ? first.getChild('String') : null;
  const match = string === null ? null : /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)\2$/.exec(text(string));
  if (match === null) return null;
  const [, prefix = '', , inside = ''] = match;
  return /r/i.test(prefix) ? inside : inside.replaceAll(/\\(["'\\])/g, '$1');
}
