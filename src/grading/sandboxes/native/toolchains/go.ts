import { asMain, goTyped } from '../../../languages/typed/go.js';
import { goTests } from '../../../languages/typed/go-tests.js';
import { mistakeAt, type Toolchain } from '../toolchain.js';

const MEGABYTE = 1024 ** 2;

export const goToolchain: Toolchain = {
  language: 'go',
  label: 'Go',
  program: 'go',
  versionArgs: ['version'],
  version: (printed) => /go version (\S+)/.exec(printed)?.[1] ?? 'Go',
  homeArgs: ['env', 'GOROOT'],
  typed: goTyped,
  testFiles: [],
  tests: goTests,
  wholeProgram: (code) => ({ 'go.mod': 'module answer\n\ngo 1.21\n', 'answer.go': asMain(code, 'keep') }),
  build: (program, files, out) => [
    program,
    ...(files.includes('bench_main_test.go') ? ['test', '-c', '-vet=off'] : ['build']),
    '-trimpath',
    '-ldflags=-s -w',
    '-o',
    `${out}/program`,
    '.',
  ],
  run: (out) => [`${out}/program`],
  env: (cache) => ({
    PATH: '/usr/bin:/bin',
    HOME: '/tmp',
    GOCACHE: `${cache}/go`,
    GOFLAGS: '-mod=mod',
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    GOTELEMETRY: 'off',
    GOMAXPROCS: '2',
    CGO_ENABLED: '0',
  }),
  ownBytes: 128 * MEGABYTE,
  mistakeIn: (printed) => mistakeAt(printed, /^(?:\.\/)?answer\.go:(?<line>\d+):\d+: (?<message>.*)$/m),
  example:
    'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tfmt.Println("ok")\n\tos.Exit(3)\n}\n',
};
