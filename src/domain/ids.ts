/** Stable hashes: the same thing asked of the same one has the same id on every machine, for ever. */
import { hash } from 'node:crypto';
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

const HASH_DIGITS = 16;

/** Of the first eight digits of a text's hash. */
export function wordOfText(text: string): number {
  return Number.parseInt(hashOfText(text).slice(0, 8), 16);
}

/** Of a digit's code, in lower case as hashes and checksums are written; NaN where it is none. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : Number.NaN;
}

function hashOfText(text: string): string {
  const digits = hash('sha256', text, 'hex');
  // In two parts: one slice would keep all of the 64 digits in memory.
  return digits.slice(0, HASH_DIGITS / 2) + digits.slice(HASH_DIGITS / 2, HASH_DIGITS);
}

/** The fields of a case that make its hashes; scorings as they were declared, without what they do. */
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
 * `hash` is of the whole case; `questionHash` of what is asked alone: how the answer is scored is no part of that, and a
 * rescored trial keeps its id.
 */
export function caseHashes(asked: AskedCase): Pick<Case, 'hash' | 'questionHash'> {
  const { id, category, language, system, prompt, params, entry, prelude, passScore, scorings } = asked;
  const limits = { ...asked.limits };
  const all = { id, category, language, system, prompt, params, entry, limits, passScore, scorings };
  return {
    questionHash: hashOf({ case: id, params, prompt, system }),
    // Without a prelude there is no key, so that older cases keep their hash.
    hash: hashOf(prelude === null ? all : { ...all, prelude }),
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
