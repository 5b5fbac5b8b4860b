import { rustTyped } from '../../../languages/typed/rust.js';
import { rustTests } from '../../../languages/typed/rust-tests.js';
import { mistakeAt, type Toolchain } from '../toolchain.js';

const MEGABYTE = 1024 ** 2;

export const rustToolchain: Toolchain = {
  language: 'rust',
  label: 'Rust',
  program: 'rustc',
  versionArgs: ['--version'],
  version: (printed) => /rustc \S+/.exec(printed)?.[0] ?? 'rustc',
  homeArgs: ['--print', 'sysroot'],
  typed: rustTyped,
  testFiles: [],
  tests: rustTests,
  wholeProgram: (code) => ({ 'answer.rs': code }),
  build: (program, _files, out) => [
    program,
    '--edition=2021',
    '-Copt-level=1',
    '-Cdebuginfo=0',
    // As `cargo run` and `cargo test` have it.
    '-Coverflow-checks=yes',
    '-Awarnings',
    '-o',
    `${out}/program`,
    'answer.rs',
  ],
  run: (out) => [`${out}/program`],
  env: () => ({ PATH: '/usr/bin:/bin', HOME: '/tmp' }),
  ownBytes: 16 * MEGABYTE,
  mistakeIn: (printed) =>
    mistakeAt(printed, /error(?:\[\w+\])?: (?<message>.*)\n\s*--> answer\.rs:(?<line>\d+)/),
  example: 'fn main() {\n    println!("ok");\n    std::process::exit(3);\n}\n',
};
