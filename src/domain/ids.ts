/** Stable hashes: the same thing asked of the same one has the same id on every machine, for ever. */
import { createHash, hash } from 'node:crypto';
import type { Candidate, Model } from './candidate.js';
import type { Case } from './suite.js';
import type { Json } from './value.js';

/** JSON with sorted keys, so that two spellings of one object are one text. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = value as Record<string, Json>;
    let text = '';
    for (const key of Object.keys(fields).sort()) {
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(fields[key] as Json)}`;
    }
    return `{${text}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256, the first 16 hex digits: 2^-64 of a clash, far beyond any suite's size. */
export function hashOf(value: Json): string {
  return hashOfText(canonicalJson(value));
}

/** So many at once: a call for each of a hundred thousand texts would be most of the time. */
const HASHED_AT_ONCE = 1000;

/** What `hashOf` makes of a list of texts, without a text of the whole list. */
export function hashOfList(texts: Iterable<string>): string {
  const hashed = createHash('sha256').update('[');
  let piece: string[] = [];
  let before = '';
  const add = () => {
    if (piece.length === 0) return;
    hashed.update(before + piece.join(','));
    piece = [];
    before = ',';
  };
  for (const text of texts) {
    piece.push(JSON.stringify(text));
    if (piece.length === HASHED_AT_ONCE) add();
  }
  add();
  return hashed.update(']').digest().toString('hex', 0, 8);
}

const HASH_DIGITS = 16;

/** A hash as two words of 32 bits, high and low: many are kept in eight bytes each. Null: it is no hash. */
export function wordsOf(id: string): readonly [high: number, low: number] | null {
  if (id.length !== HASH_DIGITS) return null;
  const high = wordAt(id, 0);
  const low = wordAt(id, HASH_DIGITS / 2);
  return Number.isNaN(high) || Number.isNaN(low) ? null : [high, low];
}

/** Of the hash of a text. */
export function wordsOfText(text: string): readonly [high: number, low: number] {
  return wordsOf(hashOfText(text)) ?? [0, 0];
}

/** All ids that bench has written are hashes; of another one, its hash stands for it. */
export function wordsOfAny(id: string): readonly [high: number, low: number] {
  return wordsOf(id) ?? wordsOf(hashOf(id)) ?? [0, 0];
}

/** Of eight hex digits; NaN where one is none. By hand: ids are read by the hundred thousand. */
function wordAt(id: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + HASH_DIGITS / 2; at++) word = word * 16 + hexDigit(id.charCodeAt(at));
  return word;
}

/** Of a digit's code, in lower case as hashes and checksums are written; NaN where it is none. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : Number.NaN;
}

/** One for all: ids are made by the hundred thousand, and at once. */
const words = Buffer.alloc(8);

/** The hash of these words. */
export function hashOfWords(high: number, low: number): string {
  words.writeUInt32BE(high, 0);
  words.writeUInt32BE(low, 4);
  return words.toString('hex');
}

function hashOfText(text: string): string {
  // Digits, and not the bytes, which cost three times as much; in two parts, for a slice would keep all the 64 of them.
  const digits = hash('sha256', text, 'hex');
  return digits.slice(0, HASH_DIGITS / 2) + digits.slice(HASH_DIGITS / 2, HASH_DIGITS);
}

/** What `hashOf` would be given of a case, but for its scorings: those as they are declared, without what they do. */
export interface AskedCase
  extends Pick<
    Case,
    | 'id'
    | 'category'
    | 'language'
    | 'system'
    | 'prompt'
    | 'params'
    | 'entry'
    | 'prelude'
    | 'limits'
    | 'passScore'
  > {
  readonly scorings: Json;
}

/**
 * Of a case, and of what is asked alone, whoever is asked: how the answer is scored is no part of that, and a rescored
 * trial keeps its id. Canonical JSON, written at once: two hashes of the same fields, of ten thousand cases.
 */
export function caseHashes(asked: AskedCase): Pick<Case, 'hash' | 'questionHash'> {
  const id = JSON.stringify(asked.id);
  const prompt = JSON.stringify(asked.prompt);
  const system = JSON.stringify(asked.system);
  const params = canonicalJson(asked.params);
  const { timeMs, memoryBytes, outputBytes } = asked.limits;
  const limits = `{"memoryBytes":${memoryBytes},"outputBytes":${outputBytes},"timeMs":${timeMs}}`;
  const work = `"category":${JSON.stringify(asked.category)},"entry":${JSON.stringify(asked.entry)}`;
  const how = `"limits":${limits},"params":${params},"passScore":${asked.passScore}`;
  // Omitted if the case has no prelude, so that older cases keep their hash.
  const prelude = asked.prelude === null ? '' : `"prelude":${JSON.stringify(asked.prelude)},`;
  return {
    questionHash: hashOfText(`{"case":${id},"params":${params},"prompt":${prompt},"system":${system}}`),
    hash: hashOfText(
      `{${work},"id":${id},"language":${JSON.stringify(asked.language)},${how},${prelude}"prompt":${prompt},"scorings":${canonicalJson(asked.scorings)},"system":${system}}`,
    ),
  };
}

/** What is asked of whom. */
export function trialId(suite: string, asked: Case, candidate: Candidate, sample: number): string {
  // Canonical JSON, written at once: trials are many, and all of them are named before the first is asked.
  return hashOfText(
    `{"candidate":"${candidateIdentity(candidate)}","question":"${asked.questionHash}","sample":${sample},"suite":${JSON.stringify(suite)}}`,
  );
}

/** Candidates are few, and their trials many. */
const identities = new WeakMap<Candidate, string>();

/** Of all that makes its answers those of another candidate. */
export function candidateIdentity(candidate: Candidate): string {
  const known = identities.get(candidate);
  if (known !== undefined) return known;
  const made = hashOf(identityOf(candidate));
  identities.set(candidate, made);
  return made;
}

function identityOf(candidate: Candidate): Json {
  return candidate.kind === 'model'
    ? { model: asksOf(candidate.model), name: candidate.name }
    : { name: candidate.name, rotation: candidate.chain.map(asksOf) };
}

/** Retry settings and limits change when a model is asked, not what: they are no part of its identity. */
export function modelIdentity(model: Model): string {
  return hashOf(asksOf(model));
}

function asksOf(model: Model): Json {
  return {
    base_url: model.simulation === null ? model.account.baseUrl : 'simulated',
    provider: model.account.provider,
    model: model.id,
    params: model.params,
    body: model.body,
  };
}
