/** What the compiled languages share: code is read by its grammar, and never changed. */
import type { SyntaxNode, SyntaxNodeRef, Tree } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import type { CodeShape } from '../../../domain/grade.js';
import type { Definition, Language, SourceFacts } from '../language.js';
import { complexityOf, countLines, nestingOf, startGathering } from '../shape.js';
import { childrenOf, hasError, lazily, lazyFacts, parseStrictly } from '../syntax.js';
import { SignatureError, type Typed } from '../typed/typed.js';

/** Names of nodes in a language's grammar. */
export interface Kinds {
  /** At the top or in a class, with the node that names it. */
  readonly functions: Readonly<Record<string, string>>;
  readonly classes: Readonly<Record<string, string>>;
  readonly imports: readonly string[];
  /** Names that are read. */
  readonly uses: readonly string[];
  /** Names that are bound. */
  readonly binds: readonly string[];
  readonly calls: readonly string[];
  readonly control: readonly string[];
  /** Tokens that make two ways of one. */
  readonly forks: readonly string[];
  readonly comments: readonly string[];
  /** Whether definitions lie in these too. */
  readonly holders: readonly string[];
}

export interface CompiledLanguage {
  readonly name: string;
  readonly fenceNames: readonly string[];
  readonly grammar: () => LRParser;
  readonly kinds: Kinds;
  /** The module, package or header that an import names. */
  readonly importedFrom: (text: string) => readonly string[];
  readonly typed: Typed;
  /** A program that does nothing. */
  readonly nothing: string;
  readonly withPrelude: (code: string, prelude: string) => string;
}

export function compiled(given: CompiledLanguage): Language {
  return {
    name: given.name,
    fenceNames: given.fenceNames,
    isCompiled: true,
    typed: given.typed,
    facts: (code) => factsOf(code, given),
    shape: (code) => shapeOf(code, given),
    stub: (_entry, signature) => stubOf(given, signature ?? null, 'nothing'),
    garbage: (_entry, signature) => stubOf(given, signature ?? null, 'constant'),
    withPrelude: given.withPrelude,
    joinBody(signature, body) {
      const open = signature.trimEnd();
      const text = `${open.endsWith('{') ? open : `${open} {`}\n${body}`;
      const missing = text.split('{').length - text.split('}').length;
      return `${text}${missing > 0 ? '\n}' : ''}\n`;
    },
  };
}

/** Where no signature is stated, a whole program is asked for. */
function stubOf(
  { typed, nothing }: CompiledLanguage,
  signature: string | null,
  returns: 'nothing' | 'constant',
): string {
  if (signature === null) return nothing;
  try {
    return typed.stub(typed.parse(signature), returns);
  } catch (error) {
    if (error instanceof SignatureError) return nothing;
    throw error;
  }
}

function factsOf(code: string, { grammar, kinds }: CompiledLanguage): SourceFacts {
  const parser = grammar();
  const strict = parseStrictly(parser, code);
  const tree = lazily(() => ('tree' in strict ? strict.tree : parser.parse(code)));
  const text = (node: SyntaxNodeRef) => code.slice(node.from, node.to);
  // Grammars that guess, as that of C++ has to, forgive where a strict parse stops.
  const errorAt = strict.errorAt === null || !hasError(tree()) ? null : strict.errorAt;
  return lazyFacts(errorAt, {
    definitions: () => definitionsIn(tree().topNode, kinds, text),
    imports: () => childrenOf(tree().topNode).flatMap((node) => (isImport(node, kinds) ? [text(node)] : [])),
    names: () => namesIn(tree(), kinds, text),
  });
}

const isImport = ({ name }: SyntaxNodeRef, { imports }: Kinds) => imports.includes(name);

function definitionsIn(node: SyntaxNode, kinds: Kinds, text: (node: SyntaxNodeRef) => string): Definition[] {
  return childrenOf(node).flatMap((child): Definition[] => {
    const named = nameOf(child, kinds.functions) ?? nameOf(child, kinds.classes);
    const own: Definition[] =
      named === null
        ? []
        : [{ name: text(named), kind: child.name in kinds.functions ? 'function' : 'class' }];
    return kinds.holders.includes(child.name) ? [...own, ...definitionsIn(child, kinds, text)] : own;
  });
}

/** The node that names a definition: a child, or one further down where a declarator stands between. */
function nameOf(node: SyntaxNode, names: Readonly<Record<string, string>>): SyntaxNode | null {
  const path = names[node.name];
  if (path === undefined) return null;
  let at: SyntaxNode | null = node;
  for (const step of path.split(' ')) at = at === null ? null : at.getChild(step);
  return at;
}

function namesIn(
  tree: Tree,
  { uses: read, binds, imports }: Kinds,
  text: (node: SyntaxNodeRef) => string,
): Pick<SourceFacts, 'uses' | 'free' | 'imported'> {
  const uses = new Set<string>();
  const bound = new Set<string>();
  const imported = new Set<string>();
  let importEnd = -1;
  tree.iterate({
    enter: (node) => {
      if (imports.includes(node.name)) importEnd = node.to;
      if (binds.includes(node.name)) (node.from < importEnd ? imported : bound).add(text(node));
      else if (read.includes(node.name) && node.from >= importEnd) uses.add(text(node));
    },
  });
  return {
    uses,
    free: new Set([...uses].filter((name) => !bound.has(name) && !imported.has(name))),
    imported,
  };
}

function shapeOf(code: string, { grammar, kinds, importedFrom }: CompiledLanguage): CodeShape {
  const tree = grammar().parse(code);
  const gathered = startGathering(code);
  const { text, at, functions, classes, calls, reads, imports, keywords } = gathered;
  const isFork = (token: SyntaxNodeRef) =>
    kinds.forks.includes(token.name) || (token.node.firstChild === null && kinds.forks.includes(text(token)));
  tree.iterate({
    enter: (ref) => {
      const { node } = ref;
      if (kinds.uses.includes(ref.name)) reads.push(at(text(ref), ref));
      else if (/^[a-z]+$/.test(ref.name)) keywords.add(ref.name);
      if (isImport(ref, kinds)) for (const name of importedFrom(text(ref))) imports.push(at(name, ref));
      const callee = kinds.calls.includes(ref.name) ? node.firstChild : null;
      if (callee !== null) calls.push(at(text(callee).replaceAll(/\s/g, ''), ref));
      const owner = nameOf(node, kinds.classes);
      const documented = kinds.comments.includes(node.prevSibling?.name ?? '');
      if (owner !== null) classes.push({ ...at(text(owner), ref), documented });
      const name = nameOf(node, kinds.functions);
      if (name === null) return;
      functions.push({
        ...at(text(name), ref),
        parameters: [],
        returnTyped: true,
        documented,
        complexity: complexityOf(node, isFork),
        nesting: nestingOf(node, (inner) => kinds.control.includes(inner.name)),
        from: ref.from,
        to: ref.to,
      });
    },
  });
  return countLines(code, tree, gathered, ({ name }) => kinds.comments.includes(name));
}
