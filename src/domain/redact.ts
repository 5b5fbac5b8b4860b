/** Shorter keys are placeholders of local servers (`test`, `none`), and replacing those would eat ordinary words. */
const SHORTEST_SECRET = 8;

/**
 * A function that replaces each key by `[redacted]`: its literal value, and as JSON, URLs and base64 write it. Text is
 * redacted before it is shortened: a key that is cut is not found any more.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      ...base64Of(secret),
    ]);
  // Longest first: a key may hold another one.
  const found = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return (text) => found.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}

/** What is the same of it in base64 whatever stands before and behind: three bytes are four letters, so in three forms. */
function base64Of(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from('-'.repeat(before) + secret);
    const letters = bytes.toString('base64').replaceAll('=', '');
    const whole = letters.slice(Math.ceil((before * 4) / 3), Math.floor((bytes.length * 4) / 3));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
