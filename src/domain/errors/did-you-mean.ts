import { distance } from 'fastest-levenshtein';
/** `did you mean "table"?` for the nearest of the known words, if one is near enough; else null. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  const nearest = nearestOf(word, known);
  return nearest === null ? null : `did you mean "${nearest}"?`;
}

/** A slip or two (letters that changed places are two), more in longer words; or the start of a longer name. */
function nearestOf(word: string, known: readonly string[]): string | null {
  const lower = word.toLowerCase();
  let nearest: string | null = null;
  let least = Math.min(word.length, Math.max(word.length < 5 ? 1 : 2, Math.floor(word.length / 3)) + 1);
  for (const candidate of known) {
    const steps = distance(lower, candidate.toLowerCase());
    if (steps < least) {
      least = steps;
      nearest = candidate;
    }
  }
  const begun = word.length < 3 ? [] : known.filter((candidate) => candidate.toLowerCase().startsWith(lower));
  return nearest ?? begun[0] ?? null;
}
