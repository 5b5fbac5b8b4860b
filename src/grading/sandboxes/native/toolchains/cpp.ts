import { cppTyped } from '../../../languages/typed/cpp.js';
import { cppTests } from '../../../languages/typed/cpp-tests.js';
import { mistakeAt, type Toolchain } from '../toolchain.js';

const MEGABYTE = 1024 ** 2;

export const cppToolchain: Toolchain = {
  language: 'cpp',
  label: 'C++',
  program: 'g++',
  versionArgs: ['--version'],
  version: (printed) => printed.split('\n')[0]?.trim() ?? 'C++',
  homeArgs: null,
  typed: cppTyped,
  testFiles: ['assert.h'],
  tests: cppTests,
  wholeProgram: (code) => ({ 'answer.cpp': code }),
  build: (program, files, out) => [
    program,
    '-std=c++20',
    '-O1',
    '-w',
    '-pthread',
    // The harness's own `assert.h`, where there is one.
    '-I.',
    '-o',
    `${out}/program`,
    files.includes('driver.cpp') ? 'driver.cpp' : 'answer.cpp',
  ],
  run: (out) => [`${out}/program`],
  env: () => ({ PATH: '/usr/bin:/bin', HOME: '/tmp' }),
  ownBytes: 16 * MEGABYTE,
  mistakeIn: (printed) =>
    mistakeAt(printed, /^answer\.cpp:(?<line>\d+):\d+: (?:fatal )?error: (?<message>.*)$/m),
  example: '#include <cstdio>\nint main() {\n    std::puts("ok");\n    return 3;\n}\n',
};
