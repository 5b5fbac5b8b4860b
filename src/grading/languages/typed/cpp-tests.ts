/** Tests in C++: a `main` whose assertions must hold. */
import { type TestProgram, TestsRefused } from './testing.js';

/** Words that tests are made of: who defines them as macros changes what tests say. */
const WORDS =
  /^[ \t]*#[ \t]*define[ \t]+(assert|main|NDEBUG|if|else|for|while|do|switch|case|return|break|continue|int|long|bool|char|double|float|auto|void|true|false|const|static|class|struct|template|namespace|using|std|not|and|or|abort|exit|bench)\b/m;

export function cppTests(
  code: string,
  tests: string,
  word: string,
  harness: Readonly<Record<string, string>>,
): TestProgram {
  const macro = WORDS.exec(code)?.[1];
  if (macro !== undefined) throw new TestsRefused(`it defines the macro ${macro}`, true);
  const main = /^[ \t]*(?:int|auto|void)[ \t]+main[ \t]*\([^)]*\)[^{;]*\{/m;
  if (!main.test(tests)) throw new TestsRefused('tests in C++ are a main with assertions', false);
  const watched = tests.replace(
    main,
    (head) => `${head.replace(/\bvoid([ \t]+main)/, 'int$1')} bench::Finished finished_${word};`,
  );
  const files = { 'answer.cpp': code, 'tests.cpp': watched, 'driver.cpp': driver(word) };
  // By both of its names.
  const assertions = harness['assert.h'] ?? '';
  return { files: { ...files, 'assert.h': assertions, cassert: assertions }, tests: null };
}

/** The end of `main` is seen by an object in it: who calls `exit` does not come there. */
const driver = (word: string) => `#define main bench_answer_main
#include "answer.cpp"
#undef main
#undef NDEBUG
#include <exception>
#include <string>
#include <unistd.h>
#include "assert.h"
namespace bench {
struct Finished {
  int before = std::uncaught_exceptions();
  ~Finished() {
    if (std::uncaught_exceptions() > before) return;
    std::string line = "${word} 0 " + std::to_string(asserted) + "\\n";
    if (::write(3, line.data(), line.size()) < 0) std::abort();
  }
};
}
#include "tests.cpp"
`;
