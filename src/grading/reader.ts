/**
 * Reading answers: taking the code out, looking at its syntax tree, searching it. All of it in a thread of its own, lest
 * one model's long answer be added to another one's latency; prose, which needs no grammar, is read where it is.
 */
import { fileURLToPath } from 'node:url';
import type { Answer, JudgeTools, SeenCode } from '../domain/grade.js';
import type { DocumentedCode } from '../domain/kinds/documentation.js';
import type { CodeMeasures } from '../domain/kinds/measures.js';
import type { Mutation } from '../domain/kinds/mutation.js';
import { DeadlinePassed, within } from '../world/deadline.js';
import type { Clock, Files, Thread, Threads } from '../world/world.js';
import { readDocumentation } from './documentation/read-documentation.js';
import { extract, extractPlain, type Wanted } from './extract.js';
import { languages } from './languages/index.js';
import { mutationCandidates } from './mutation/candidates.js';
import { type TestFile, testFileOf } from './mutation/test-file.js';
import { measuresOf } from './refactoring/measures.js';
import { searchInTime } from './search-in-time.js';

interface Said {
  readonly text: string;
  readonly finishReason: string | null;
}

export interface AnswerReader
  extends Pick<JudgeTools, 'look' | 'search' | 'measure' | 'readDocumentation' | 'mutations' | 'testFile'> {
  extract(completion: Said, wanted: Wanted): Promise<Answer>;
  close(): Promise<void>;
}

/** The thread was not done in time, or ended: no word on the answer. */
export class UnreadAnswer extends Error {
  override readonly name = 'UnreadAnswer';
}

export type ReadRequest =
  | { readonly kind: 'extract'; readonly completion: Said; readonly wanted: Wanted }
  | { readonly kind: 'look'; readonly language: string; readonly code: string }
  | { readonly kind: 'search'; readonly source: string; readonly flags: string; readonly text: string }
  | {
      readonly kind: 'documentation';
      readonly language: string;
      readonly given: string;
      readonly answer: string;
      readonly isReadme: boolean;
    }
  | { readonly kind: 'measure'; readonly language: string; readonly code: string }
  | { readonly kind: 'mutations'; readonly language: string; readonly code: string; readonly most: number }
  | {
      readonly kind: 'test_file';
      readonly language: string;
      readonly tests: string;
      readonly subject: string;
    };

/** What the thread does, or whoever has none. */
export function answerTo(request: ReadRequest): unknown {
  switch (request.kind) {
    case 'extract':
      return extract(request.completion, request.wanted);
    case 'look':
      return lookAt(request.language, request.code);
    case 'search':
      return searchInTime(request.source, request.flags, request.text);
    case 'documentation':
      return readDocumentation(request.language, request.given, request.answer, request.isReadme);
    case 'measure':
      return measuresOf(request.language, request.code);
    case 'mutations':
      return mutationCandidates(request.language, request.code, request.most);
    case 'test_file':
      return testFileOf(request.language, request.tests, request.subject);
    default:
      return request satisfies never;
  }
}

function lookAt(name: string, code: string): SeenCode {
  const language = languages.find((known) => known.name === name);
  if (language === undefined) throw new Error(`no language is named ${name}`);
  return { shape: language.shape(code), free: language.facts(code).free };
}

type Asking = (request: ReadRequest) => Promise<unknown>;

function readerOf(ask: Asking, close: () => Promise<void>): AnswerReader {
  /** A subject has many answers. */
  const mutations = new Map<string, Promise<readonly Mutation[]>>();
  return {
    mutations(language, code, most) {
      const key = `${language} ${most} ${code}`;
      const known = mutations.get(key);
      if (known !== undefined) return known;
      const asked = ask({ kind: 'mutations', language, code, most }) as Promise<readonly Mutation[]>;
      mutations.set(key, asked);
      asked.catch(() => mutations.delete(key));
      return asked;
    },
    readDocumentation: async (language, given, answer, isReadme) =>
      (await ask({ kind: 'documentation', language, given, answer, isReadme })) as DocumentedCode,
    measure: async (language, code) => (await ask({ kind: 'measure', language, code })) as CodeMeasures,
    testFile: async (language, tests, subject) =>
      (await ask({ kind: 'test_file', language, tests, subject })) as TestFile,
    async extract(completion, wanted) {
      const plain = completion.text.length <= PLAIN_CHARS ? extractPlain(completion, wanted) : null;
      return plain ?? ((await ask({ kind: 'extract', completion, wanted })) as Answer);
    },
    look: async (language, code) => (await ask({ kind: 'look', language, code })) as SeenCode,
    search: async (source, flags, text) =>
      (await ask({ kind: 'search', source, flags, text })) as boolean | null,
    close,
  };
}

/** Longer prose takes milliseconds to look through. */
const PLAIN_CHARS = 64 * 1024;

/** In this thread: for tests, and where no other can be started. */
export const readHere: AnswerReader = readerOf(
  async (request) => answerTo(request),
  async () => {},
);

/** The way leads through `grading`: it is the same from where the command is bundled. */
const THREAD_FILE = fileURLToPath(new URL('../grading/reader.worker.js', import.meta.url));
/** Reading is linear: a limit that is reached is a fault of ours. */
const LIMIT_MS = 10_000;
const MEMORY_MB = 256;

interface Edges {
  readonly clock: Clock;
  readonly files: Pick<Files, 'kind'>;
  readonly threads: Threads;
}

/** The thread starts with the first answer that needs it. */
export function openReader({ clock, files, threads }: Edges): AnswerReader {
  let opened: Promise<Thread | null> | null = null;
  let nextId = 0;
  const waiting = new Map<number, { resolve: (reply: unknown) => void; reject: (error: Error) => void }>();
  const failAll = (why: string) => {
    for (const { reject } of waiting.values()) reject(new UnreadAnswer(why));
    waiting.clear();
  };

  async function open(): Promise<Thread | null> {
    if ((await files.kind(THREAD_FILE)) !== 'file') return null;
    return threads.start(THREAD_FILE, MEMORY_MB, {
      message(reply) {
        const { id, value, problem } = reply as { id: number; value?: unknown; problem?: string };
        const one = waiting.get(id);
        waiting.delete(id);
        if (problem === undefined) one?.resolve(value);
        else one?.reject(new Error(problem));
      },
      ended(why) {
        opened = null;
        failAll(why);
      },
    });
  }

  async function end(): Promise<void> {
    const thread = await opened;
    opened = null;
    await thread?.end();
  }

  async function ask(request: ReadRequest): Promise<unknown> {
    opened ??= open();
    const thread = await opened;
    if (thread === null) return answerTo(request);
    const id = nextId++;
    try {
      return await within(
        clock,
        LIMIT_MS,
        null,
        () =>
          new Promise((resolve, reject) => {
            waiting.set(id, { resolve, reject });
            thread.post({ id, request });
          }),
      );
    } catch (error) {
      if (!(error instanceof DeadlinePassed)) throw error;
      waiting.delete(id);
      await end();
      throw new UnreadAnswer(`not read within ${LIMIT_MS / 1000} s`);
    }
  }

  return readerOf(ask, end);
}
