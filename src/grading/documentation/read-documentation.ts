/** An answer's documentation next to the code that it is of. */
import type { DocumentedCode } from '../../domain/kinds/documentation.js';
import { javascriptGrammar, typescriptGrammar } from '../languages/grammars.js';
import { languages } from '../languages/index.js';
import { structureOf } from '../languages/structure.js';
import {
  commentExamples,
  docstringExamples,
  fenceExamples,
  javascriptExample,
  pythonExample,
} from './examples.js';
import { readJavaScript } from './javascript-code.js';
import { readPython } from './python-code.js';
import { readmeIn, readReadme } from './readme.js';

/** Languages whose documentation can be read. */
export const documentedLanguages: readonly string[] = ['python', 'javascript', 'typescript'];

/** `given`: the code as it was, `answer`: the same with documentation in it, or a README. */
export function readDocumentation(
  language: string,
  given: string,
  answer: string,
  isReadme: boolean,
): DocumentedCode {
  const grammar = language === 'typescript' ? typescriptGrammar() : javascriptGrammar();
  const read = (code: string) => (language === 'python' ? readPython(code) : readJavaScript(code, grammar));
  const { offered } = read(given);
  if (isReadme) {
    const labels = new Set(languages.find(({ name }) => name === language)?.fenceNames ?? []);
    const names = offered.map(({ name }) => name.split('.')[0] ?? name);
    const asTests =
      language === 'python' ? pythonExample : (code: string) => javascriptExample(code, grammar);
    return {
      offered,
      documented: readReadme(answer, offered),
      examples: fenceExamples(readmeIn(answer), labels, names, asTests),
      isSameCode: null,
    };
  }
  const { documented, texts } = read(answer);
  return {
    offered,
    documented,
    examples: language === 'python' ? docstringExamples(texts) : commentExamples(texts, grammar),
    isSameCode: structureOf(language, given) === structureOf(language, answer),
  };
}
