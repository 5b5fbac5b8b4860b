/** What a sandbox is asked to run, and what it says came of it. */
import type { Value } from './value.js';

/** Where answers run: `wasm` needs nothing but npm; `native` runs the user's own interpreters in namespaces of Linux. */
export const sandboxTiers = ['wasm', 'native'] as const;
export type SandboxTier = (typeof sandboxTiers)[number];

/** What a command may say: only there, for a suite must not choose to run answers without protection. */
export const sandboxWords = [...sandboxTiers, 'native-unconfined'] as const;
export type SandboxWord = (typeof sandboxWords)[number];

export interface Limits {
  /** Wall time for one program, in ms, without the start of the interpreter. */
  readonly timeMs: number;
  readonly memoryBytes: number;
  /** Bytes the program may print, stdout and stderr together. */
  readonly outputBytes: number;
}

export const defaultLimits: Limits = {
  timeMs: 10_000,
  memoryBytes: 256 * 1024 * 1024,
  outputBytes: 1024 * 1024,
};

/** One call of a name that the answer defines at its top level, or of what the object has that an earlier call made. */
export interface Call {
  readonly entry: string;
  /** `object`: a method, or a property where nothing is given, of the object that was kept last. */
  readonly of: 'answer' | 'object';
  /** What comes back, a new instance if it is a class, is kept for calls of it, and not looked into. */
  readonly keeps: boolean;
  readonly args: readonly Value[];
  readonly kwargs: Readonly<Record<string, Value>>;
}

/** An answer's code and what is to be done with it, in a state that no other answer has touched. */
export type Program =
  | {
      readonly kind: 'calls';
      readonly language: string;
      readonly code: string;
      /** In order, in one load of the code. */
      readonly calls: readonly Call[];
      /** Of the entry, in languages whose values need a type. */
      readonly signature?: string | null;
      readonly limits: Limits;
    }
  | {
      readonly kind: 'tests';
      readonly language: string;
      readonly code: string;
      /** Test source in the answer's language. The answer must not be able to read it. */
      readonly tests: string;
      /** The name under test: the tests use it and the answer defines it. */
      readonly entry: string | null;
      /**
       * `shared`: answer and tests in one interpreter, as the language's own runner has them. `watched`: the same, and what
       * the answer does to it is marked; where watching is cheap, both are watched. `isolated`: an interpreter each.
       * `subject`: the tests are the answer, the code is given, and any module that the tests import and nobody has is it.
       */
      readonly judge: 'shared' | 'watched' | 'isolated' | 'subject';
      /** With `subject`: the last test first, and so on. */
      readonly reversed?: boolean;
      /**
       * With `subject`: the steps that the tests take on the code without a fault. Twenty times as many end them as a timeout:
       * a loop without an end is found in no time, and the same on every machine.
       */
      readonly usualSteps?: number;
      readonly limits: Limits;
    }
  | ({
      readonly kind: 'script';
      readonly language: string;
      readonly code: string;
      readonly limits: Limits;
    } & ScriptRun)
  | {
      readonly kind: 'queries';
      readonly language: string;
      /** Statements, run in a database of their own. */
      readonly code: string;
      /** Statements that make the database before them. */
      readonly setup: string;
      /** Statements after them, each by itself, that say what they have left. */
      readonly queries: readonly string[];
      readonly limits: Limits;
    };

/** One run of a whole program, from a folder that holds nothing but `files`. */
export interface ScriptRun {
  readonly stdin: string;
  readonly args: readonly string[];
  /** Text by path, relative to the working folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** An exception of the guest: its type's name, its message, and the line of the answer or test it came from. */
export interface Raised {
  /** The exception's class name and those of its bases, most derived first: `["KeyError", "LookupError", "Exception"]`. */
  readonly types: readonly string[];
  readonly message: string;
  readonly line: number | null;
}

export type CallResult =
  | {
      readonly kind: 'returned';
      readonly value: Value;
      /** The positional arguments as they were after the call, for answers that change them in place. */
      readonly argsAfter: readonly Value[];
      readonly stdout: string;
    }
  | { readonly kind: 'raised'; readonly raised: Raised; readonly stdout: string };

/** What an answer did in the interpreter that it shares with its tests; each in words. */
export interface Marks {
  /** An object of it is equal to values that differ. */
  readonly lies: readonly string[];
  /** It reads frames, or patches what the tests rest on. */
  readonly reach: readonly string[];
}

export const noMarks: Marks = { lies: [], reach: [] };

/** What statements gave: the rows of each one that gives some, or the mistake that ended them. */
export type Queried =
  | { readonly results: readonly RowSet[]; readonly raised?: undefined }
  | { readonly raised: Raised; readonly results?: undefined };

export interface RowSet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

/** How a program ended before it was done. Each of these is the answer's failure, never the machine's. */
export type Death =
  | { readonly how: 'timeout'; readonly limitMs: number }
  | { readonly how: 'memory'; readonly limitBytes: number }
  | { readonly how: 'output'; readonly limitBytes: number }
  /** The interpreter ended or fell silent: `os._exit(0)`, a crash, a broken channel. */
  | { readonly how: 'exit'; readonly detail: string };

export type Execution =
  /** The answer did not load: a syntax error, or its top level raised. */
  | { readonly kind: 'not_loaded'; readonly raised: Raised }
  /** `results` has one entry for every call that ended, so it is shorter than the calls if and only if it died. */
  | { readonly kind: 'called'; readonly results: readonly CallResult[]; readonly death: Death | null }
  | {
      readonly kind: 'tested';
      /** True only if the end record came that the host alone could have asked for. */
      readonly passed: boolean;
      /** Assertions that completed, where the harness can count them. */
      readonly assertions: number | null;
      readonly raised: Raised | null;
      readonly death: Death | null;
      /**
       * `shared`: one interpreter. `isolated`: an interpreter each, and only values went between them.
       */
      readonly how: 'shared' | 'isolated';
      /** Null: nobody watched. */
      readonly marks: Marks | null;
      /** Steps of the code under test, in units of the sandbox; absent if nobody counted. */
      readonly steps?: number;
    }
  | {
      readonly kind: 'ran';
      readonly stdout: string;
      readonly stderr: string;
      /** 0 to 255. */
      readonly exit: number;
      /** The exception that ended it; null: it ended by itself. */
      readonly raised: Raised | null;
      readonly death: Death | null;
    }
  | {
      readonly kind: 'queried';
      readonly answered: Queried;
      /** Of each query after the answer; none where the answer raised. */
      readonly after: readonly Queried[];
      readonly death: Death | null;
    }
  /** Our side could not judge: the sandbox did not start, a self-test failed, the tests themselves hung. */
  | { readonly kind: 'broken'; readonly why: string };

/** What a sandbox of one language was used for in a run. */
export interface SandboxUse {
  readonly programs: number;
  /** Of them, those after which its process was replaced: killed, crashed, or grown too far. */
  readonly replaced: number;
}
