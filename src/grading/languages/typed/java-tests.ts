/** Tests in Java: a class with a `main`, or with methods that JUnit (Jupiter) marks. */
import { javaFiles } from './java.js';
import { type TestProgram, TestsRefused } from './testing.js';

const MARKS = [
  'Test',
  'BeforeEach',
  'AfterEach',
  'BeforeAll',
  'AfterAll',
  'Disabled',
  'DisplayName',
  'Tag',
  'Nested',
  'Order',
  'Timeout',
];
const JUNIT = /\borg\.junit\.jupiter\.api\b/;

/** `templates`: files of the harness, by their names. */
export function javaTests(
  code: string,
  tests: string,
  word: string,
  templates: Readonly<Record<string, string>>,
): TestProgram {
  if (/^\s*package\s+(?:org\.junit|benchdriver)/m.test(code))
    throw new TestsRefused('it is in a package of the tests', true);
  const answer = javaFiles(code);
  const own = javaFiles(tests);
  const clash = own.classes.find((name) => answer.classes.includes(name));
  if (clash !== undefined) throw new TestsRefused(`answer and tests both have a class ${clash}`, false);
  const marked = [...tests.matchAll(/@(?:org\.junit\.jupiter\.api\.)?Test\b/g)].length;
  const isMain = marked === 0;
  if (isMain && !/\bstatic\s+(?:final\s+)?void\s+main\s*\(/.test(tests))
    throw new TestsRefused('tests in Java are a main, or methods with JUnit’s @Test', false);
  const other =
    /^\s*import\s+(?:static\s+)?((?:org\.junit(?!\.jupiter\.api\.)|org\.assertj|org\.hamcrest|org\.mockito)[\w.]*)/m.exec(
      tests,
    )?.[1];
  if (other !== undefined)
    throw new TestsRefused(`tests that import ${other}: of JUnit, org.junit.jupiter.api is here`, false);
  const disabled = [...tests.matchAll(/@Disabled\b/g)].length;
  const driver = (templates['TestDriver.java'] ?? '')
    .replace('/* CLASSES */', () => own.classes.map((one) => JSON.stringify(one)).join(', '))
    .replace('/* IS_MAIN */', () => String(isMain))
    .replace('WORD_BYTES', () => String(word.length));
  return {
    files: {
      ...answer.files,
      ...own.files,
      'TestDriver.java': driver,
      ...(JUNIT.test(tests) ? junit(templates['junit/Assertions.java'] ?? '') : {}),
    },
    tests: isMain ? 1 : marked - disabled,
  };
}

function junit(assertions: string): Record<string, string> {
  const api = 'package org.junit.jupiter.api;\n';
  const mark = (name: string) =>
    `${api}import java.lang.annotation.*;\n@Retention(RetentionPolicy.RUNTIME) @Target({ElementType.METHOD, ElementType.TYPE}) public @interface ${name} { ${name === 'Order' ? 'int' : name === 'Timeout' ? 'long' : 'String'} value() default ${name === 'Order' || name === 'Timeout' ? '0' : '""'}; }\n`;
  return {
    'junit/Assertions.java': assertions,
    'junit/Executable.java':
      'package org.junit.jupiter.api.function;\n@FunctionalInterface public interface Executable { void execute() throws Throwable; }\n',
    ...Object.fromEntries(MARKS.map((name) => [`junit/${name}.java`, mark(name)])),
  };
}
