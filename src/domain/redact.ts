/** Shorter keys are placeholders of local servers (`test`, `none`), and replacing those would eat ordinary words. */
const SHORTEST_SECRET = 8;

/** A function that replaces the literal value of each key, also as JSON escapes it, by `[redacted]`. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  // Longest first: a key may hold another one.
  const found = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return (text) => found.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}
