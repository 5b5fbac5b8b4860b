/** Tests in Go: functions of `testing` as `go test` runs them, or a `main` that panics. */
import { goGrammar } from '../grammars.js';
import { childrenOf } from '../syntax.js';
import { asMain } from './go.js';
import { type TestProgram, TestsRefused } from './testing.js';

/** Names that Go declares itself: who declares them anew changes what tests say. */
const PREDECLARED = new Set(
  'any bool byte comparable complex128 complex64 error float32 float64 int int16 int32 int64 int8 rune string uint uint16 uint32 uint64 uint8 uintptr true false iota nil append cap clear close complex copy delete imag len make max min new panic print println real recover testing'.split(
    ' ',
  ),
);

export function goTests(code: string, tests: string, word: string): TestProgram {
  const names = declaredIn(code);
  const shadow = names.find((name) => PREDECLARED.has(name));
  if (shadow !== undefined) throw new TestsRefused(`it declares ${shadow} anew`, true);
  if (names.includes('TestMain')) throw new TestsRefused('it declares TestMain', true);
  const files = { 'go.mod': 'module answer\n\ngo 1.21\n', 'answer.go': asMain(code, 'rename') };
  const own = asMain(tests, 'keep');
  const pattern = /(?:^|; )func[ \t]+Test(?![a-z])\w*[ \t]*\([ \t]*\w+[ \t]+\*testing\.T[ \t]*\)[ \t]*\{/gm;
  const count = [...own.matchAll(pattern)].length;
  if (/^func[ \t]+TestMain[ \t]*\(/m.test(own))
    throw new TestsRefused('tests with a TestMain of their own', false);
  if (count > 0) {
    const counted = own.replace(pattern, (head) => `${head} benchRan${word}.Add(1);`);
    return {
      files: { ...files, 'answer_test.go': counted, 'bench_main_test.go': testMain(word) },
      tests: count,
    };
  }
  if (!/(?:^|; )func[ \t]+main[ \t]*\(/m.test(own))
    throw new TestsRefused('tests in Go are functions TestX(t *testing.T), or a main', false);
  const renamed = own.replace(/(^|; )func[ \t]+main[ \t]*\(/m, `$1func benchTests${word}(`);
  return { files: { ...files, 'tests.go': renamed, 'bench_driver.go': main(word) }, tests: null };
}

function declaredIn(code: string): string[] {
  const text = (from: number, to: number) => code.slice(from, to);
  return childrenOf(goGrammar().parse(code).topNode).flatMap((node) => {
    if (node.name === 'FunctionDecl') {
      const name = node.getChild('DefName');
      return name === null ? [] : [text(name.from, name.to)];
    }
    if (!['TypeDecl', 'VarDecl', 'ConstDecl'].includes(node.name)) return [];
    const names: string[] = [];
    node.cursor().iterate((inner) => {
      if (inner.name === 'DefName') names.push(text(inner.from, inner.to));
    });
    return names;
  });
}

const testMain = (word: string) => `package main

import (
	benchFlag "flag"
	benchFmt "fmt"
	benchOs "os"
	benchAtomic "sync/atomic"
	benchTesting "testing"
)

var benchRan${word} benchAtomic.Int64

func TestMain(m *benchTesting.M) {
	benchFlag.Parse()
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if one := benchFlag.Lookup(name); one != nil && one.Value.String() != "" {
			benchOs.Exit(3)
		}
	}
	code := m.Run()
	benchFmt.Fprintf(benchOs.NewFile(3, "results"), "${word} %d %d\\n", code, benchRan${word}.Load())
	benchOs.Exit(code)
}
`;

const main = (word: string) => `package main

import (
	benchFmt "fmt"
	benchOs "os"
)

func main() {
	benchTests${word}()
	benchFmt.Fprintf(benchOs.NewFile(3, "results"), "${word} 0 0\\n")
}
`;
