/** A case of JSON lines, kept as its line: a hundred thousand of them take little more memory than their file. */
import type { Place } from '../domain/errors/diagnostic.js';
import type { Case } from '../domain/suite.js';
import type { TextStore } from './text-store.js';

type Unpacked = Omit<Case, 'hash' | 'questionHash'>;

/** Trials under way at one time are of about this number of cases, and each reads its case several times. */
const KEPT_UNPACKED = 64;

/** Shared by the cases of a file. */
export interface Unpacking {
  readonly file: string;
  readonly store: TextStore;
  /** From the text of a line that was found right before. */
  readonly unpack: (text: string, line: number) => Unpacked;
  /** In the order in which they were read. */
  readonly recent: Map<PackedCase, Unpacked>;
}

/**
 * What plans and tables ask of every case is at hand; the rest is read from the line when it is wanted. A class, and not
 * an object of closures, because its getters are shared by all.
 */
export class PackedCase implements Case {
  readonly id: string;
  readonly category: string;
  readonly language: string | null;
  readonly tags: readonly string[];
  readonly samples: number;
  readonly system: string | null;
  readonly params: Case['params'];
  readonly promptChars: number;
  readonly hasSolution: boolean;
  readonly questionHash: string;
  readonly hash: string;
  readonly #chunk: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #line: number;
  readonly #column: number;
  readonly #unpacking: Unpacking;

  constructor(full: Case, text: string, unpacking: Unpacking) {
    this.id = full.id;
    this.category = full.category;
    this.language = full.language;
    this.tags = full.tags;
    this.samples = full.samples;
    this.system = full.system;
    this.params = full.params;
    this.promptChars = full.promptChars;
    this.hasSolution = full.hasSolution;
    this.questionHash = full.questionHash;
    this.hash = full.hash;
    const { chunk, start, end } = unpacking.store.add(text);
    this.#chunk = chunk;
    this.#start = start;
    this.#end = end;
    this.#line = full.place.line;
    this.#column = full.place.column;
    this.#unpacking = unpacking;
  }

  get #full(): Unpacked {
    const { recent, unpack } = this.#unpacking;
    const known = recent.get(this);
    if (known !== undefined) return known;
    const full = unpack(this.#chunk.toString('utf8', this.#start, this.#end), this.#line);
    const [oldest] = recent.keys();
    if (recent.size === KEPT_UNPACKED && oldest !== undefined) recent.delete(oldest);
    recent.set(this, full);
    return full;
  }

  get place(): Place {
    return { file: this.#unpacking.file, line: this.#line, column: this.#column };
  }
  get prompt(): string {
    return this.#full.prompt;
  }
  get entry(): string | null {
    return this.#full.entry;
  }
  get signature(): string | null {
    return this.#full.signature;
  }
  get prelude(): string | null {
    return this.#full.prelude;
  }
  get sandbox(): Case['sandbox'] {
    return this.#full.sandbox;
  }
  get limits(): Case['limits'] {
    return this.#full.limits;
  }
  get scorings(): Case['scorings'] {
    return this.#full.scorings;
  }
  get passScore(): number {
    return this.#full.passScore;
  }
  get solution(): string | null {
    return this.#full.solution;
  }
  get wrong(): readonly string[] {
    return this.#full.wrong;
  }
}
