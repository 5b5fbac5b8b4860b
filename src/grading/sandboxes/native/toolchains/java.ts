import { javaFiles, javaTyped } from '../../../languages/typed/java.js';
import { javaTests } from '../../../languages/typed/java-tests.js';
import { mistakeAt, type Toolchain } from '../toolchain.js';

const MEGABYTE = 1024 ** 2;

export const javaToolchain: Toolchain = {
  language: 'java',
  label: 'Java',
  program: 'javac',
  versionArgs: ['-version'],
  version: (printed) => /javac \S+/.exec(printed)?.[0] ?? 'javac',
  homeArgs: null,
  // Where Debian keeps a runtime's settings, to which its own folder only links.
  alsoReads: [
    '/etc/java-8-openjdk',
    '/etc/java-11-openjdk',
    '/etc/java-17-openjdk',
    '/etc/java-21-openjdk',
    '/etc/java-25-openjdk',
  ],
  typed: javaTyped,
  testFiles: ['TestDriver.java', 'junit/Assertions.java'],
  tests: javaTests,
  readsWord: true,
  wholeProgram: (code) => javaFiles(code).files,
  build: (program, files, out) => [
    program,
    '-J-XX:+UseSerialGC',
    '-J-XX:TieredStopAtLevel=1',
    '-J-Xshare:auto',
    '-proc:none',
    '-nowarn',
    '-Xlint:none',
    '-encoding',
    'UTF-8',
    '-d',
    out,
    ...files,
  ],
  run: (out, { memoryBytes }, files) => {
    const heap = `-Xmx${Math.max(16, Math.floor(memoryBytes / MEGABYTE))}m`;
    const flags = [
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-Xshare:auto',
      '-XX:-UsePerfData',
      heap,
      '-Xss64m',
      '-cp',
      out,
    ];
    // The drivers' results are their own output.
    const driven = ['sh', '-c', 'exec "$@" 1>&3', 'sh', 'java', '-ea', ...flags];
    if (files.includes('Driver.java')) return [...driven, 'Driver'];
    if (files.includes('TestDriver.java')) return [...driven, 'benchdriver.TestDriver'];
    return ['java', ...flags, (files[0] ?? 'Main.java').replace(/\.java$/, '')];
  },
  env: () => ({ PATH: '/usr/bin:/bin', HOME: '/tmp', LANG: 'C.UTF-8' }),
  // Without /proc, its launcher does not find its own libraries.
  runEnv: ([home = '']) => ({ PATH: `${home}/bin:/usr/bin:/bin`, LD_LIBRARY_PATH: `${home}/lib` }),
  ownBytes: 1024 * MEGABYTE,
  mistakeIn: (printed) => mistakeAt(printed, /^(?!Driver)\w+\.java:(?<line>\d+): error: (?<message>.*)$/m),
  example:
    'public class Main {\n    public static void main(String[] args) {\n        System.out.println("ok");\n        System.exit(3);\n    }\n}\n',
};
