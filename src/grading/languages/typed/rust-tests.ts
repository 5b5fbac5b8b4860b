/** Tests in Rust: `#[test]` functions, those that are ignored too, or a `main` that panics. */
import type { SyntaxNode } from '@lezer/common';
import { rustGrammar } from '../grammars.js';
import { childrenOf } from '../syntax.js';
import { withoutMain } from './rust.js';
import { type Edit, edited, type TestProgram, TestsRefused } from './testing.js';

const MACROS =
  /\bmacro_rules!\s*(assert|assert_eq|assert_ne|debug_assert\w*|panic|matches|vec|format|println|print|unreachable|todo)\b/;
const KNOWN_CRATES = new Set(['std', 'core', 'alloc', 'crate', 'super', 'self']);

interface Found {
  readonly path: string;
  /** `should_panic`; a text: with it in its message. */
  readonly panics: string | boolean;
}

export function rustTests(code: string, tests: string, word: string): TestProgram {
  const macro = MACROS.exec(code)?.[1];
  if (macro !== undefined) throw new TestsRefused(`it defines the macro ${macro} anew`, true);
  const own = tests.replaceAll(/^\s*#!\[[^\]]*\]\s*$/gm, '');
  const found: Found[] = [];
  const edits: Edit[] = [];
  const top = rustGrammar().parse(own).topNode;
  findTests(top, own, '', found, edits);
  const module = `bench_tests_${word}`;
  const isMain = found.length === 0 && /^\s*(?:pub\s+)?fn\s+main\s*\(/m.test(own);
  if (!isMain && found.length === 0)
    throw new TestsRefused('tests in Rust are #[test] functions, or a main', false);
  const body = edited(own, edits).replace(
    /^(\s*)(?:pub\s+)?fn\s+main\s*\(/m,
    isMain ? '$1pub fn bench_main(' : '$1fn main(',
  );
  const crates = [...own.matchAll(/^\s*(?:pub\s+)?use\s+(\w+)\s*(?:::|;)/gm)].flatMap(([, name = '']) =>
    KNOWN_CRATES.has(name) || new RegExp(`\\b(?:mod|enum|struct|trait)\\s+${name}\\b`).test(`${code}\n${own}`)
      ? []
      : [name],
  );
  const names = [...new Set(crates)].map(
    (name) => `#[allow(unused_extern_crates)] extern crate self as ${name};`,
  );
  // Of another crate, a test sees what is public: here it is a part of this one, and sees all.
  const calls = isMain
    ? [`bench_run(&mut ran, &mut failed, "main", None, || ${module}::bench_main());`]
    : found.map(({ path, panics }) => {
        const expected = panics === false ? 'None' : `Some(${panics === true ? '""' : panics})`;
        return `bench_run(&mut ran, &mut failed, "${path}", ${expected}, || ${module}::${path}());`;
      });
  const source = `${withoutMain(code)}
${names.join('\n')}
#[allow(unused_imports, dead_code)]
mod ${module} {
use super::*;
${body}
}
${driver(calls.join('\n    '), word)}`;
  return { files: { 'answer.rs': source }, tests: isMain ? null : found.length };
}

function findTests(node: SyntaxNode, text: string, path: string, found: Found[], edits: Edit[]): void {
  for (const child of childrenOf(node)) {
    const isWrapped = child.name === 'AttributeItem';
    const attributes = isWrapped ? child.getChildren('Attribute') : [];
    const item = isWrapped ? child.lastChild : child;
    if (item !== null) findTest(item, attributes, text, path, found, edits);
  }
}

function findTest(
  item: SyntaxNode,
  attributes: readonly SyntaxNode[],
  text: string,
  path: string,
  found: Found[],
  edits: Edit[],
): void {
  const written = attributes.map((one) => text.slice(one.from, one.to));
  const isTest = item.name === 'FunctionItem' && written.some((one) => /^#\[\s*test\s*\]$/.test(one));
  const isModule = item.name === 'ModItem';
  const name = item.getChild('BoundIdentifier');
  if ((!isTest && !isModule) || name === null) return;
  const own = `${path}${text.slice(name.from, name.to)}`;
  for (const one of attributes)
    if (/^#\[\s*(?:test|ignore|should_panic|cfg\s*\(\s*test)/.test(text.slice(one.from, one.to)))
      edits.push({ from: one.from, to: one.to, text: '' });
  if (item.getChild('Vis') === null) edits.push({ from: item.from, to: item.from, text: 'pub ' });
  const list = item.getChild('DeclarationList');
  if (isModule && list !== null) findTests(list, text, `${own}::`, found, edits);
  if (!isTest) return;
  const panic = written
    .map((one) => /^#\[\s*should_panic\s*(?:\(\s*expected\s*=\s*([\s\S]*?)\))?\s*\]$/.exec(one))
    .find(Boolean);
  found.push({ path: own, panics: panic == null ? false : (panic[1] ?? true) });
}

const driver = (calls: string, word: string) => `
#[allow(dead_code)]
trait BenchOutcome { fn bench_failure(self) -> Option<String>; }
impl BenchOutcome for () { fn bench_failure(self) -> Option<String> { None } }
impl<E: std::fmt::Debug> BenchOutcome for Result<(), E> {
    fn bench_failure(self) -> Option<String> { self.err().map(|error| format!("{:?}", error)) }
}
#[allow(dead_code)]
fn bench_run<T: BenchOutcome>(ran: &mut u32, failed: &mut u32, name: &str, panics: Option<&str>, test: impl FnOnce() -> T) {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test().bench_failure()));
    *ran += 1;
    let failure = match (outcome, panics) {
        (Ok(failure), None) => failure,
        (Ok(_), Some(_)) => Some(String::from("it did not panic as expected")),
        (Err(_), None) => Some(String::from("panicked")),
        (Err(thrown), Some(expected)) => {
            let message = thrown.downcast_ref::<&str>().map(|s| s.to_string()).or_else(|| thrown.downcast_ref::<String>().cloned()).unwrap_or_default();
            if message.contains(expected) { None } else { Some(format!("panicked with {:?}", message)) }
        }
    };
    if let Some(failure) = failure {
        *failed += 1;
        eprintln!("test {} failed: {}", name, failure);
    }
}
fn main() {
    let (mut ran, mut failed) = (0u32, 0u32);
    ${calls}
    use std::io::Write;
    use std::os::fd::FromRawFd;
    let mut out = std::mem::ManuallyDrop::new(unsafe { std::fs::File::from_raw_fd(3) });
    let _ = writeln!(out, "${word} {} {}", failed, ran);
}
`;
