/** Shorter keys are placeholders of local servers (`test`, `none`), and replacing those would eat ordinary words. */
const SHORTEST_SECRET = 8;

/**
 * A function that replaces each key by `[redacted]`: its literal value, and as JSON, URLs and base64 write it. Text is
 * redacted before it is shortened: a key that is cut is not found any more.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  return openRedaction(secrets).redact;
}

/** For a text that comes in pieces: a key may begin in one and end in the next. */
export interface StreamRedactor {
  /** What may be shown by now. */
  add(piece: string): string;
  /** What is left: the end of the text, if it could have been the beginning of a key. */
  rest(): string;
}

export interface Redaction {
  /** As of `redactor`. */
  redact(text: string): string;
  /** For one text in pieces: together they are what `redact` makes of the whole. */
  stream(): StreamRedactor;
}

export function openRedaction(secrets: readonly string[]): Redaction {
  const found = spellingsOf(secrets);
  const redact = (text: string) =>
    found.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
  return {
    redact,
    stream() {
      let held = '';
      return {
        add(piece) {
          const text = held + piece;
          const from = beforeSecrets(text, found);
          held = text.slice(from);
          return redact(text.slice(0, from));
        },
        rest() {
          const text = redact(held);
          held = '';
          return text;
        },
      };
    },
  };
}

/** How far a text can be shown: nothing that begins a key, and no key that is cut. */
function beforeSecrets(text: string, found: readonly string[]): number {
  let from = text.length - Math.max(0, ...found.map((secret) => begunIn(text, secret)));
  for (let isMoved = true; isMoved; ) {
    isMoved = false;
    for (const secret of found) {
      const at = text.indexOf(secret, Math.max(0, from - secret.length + 1));
      if (at < 0 || at >= from) continue;
      from = at;
      isMoved = true;
    }
  }
  return from;
}

/** How many characters at the end of a text are the first ones of a key. */
function begunIn(text: string, secret: string): number {
  const end = text.slice(-(secret.length - 1));
  for (let at = 0; at < end.length; at += 1) {
    at = end.indexOf(secret.slice(0, 1), at);
    if (at < 0) return 0;
    if (secret.startsWith(end.slice(at))) return end.length - at;
  }
  return 0;
}

function spellingsOf(secrets: readonly string[]): readonly string[] {
  const spellings = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      ...base64Of(secret),
    ]);
  // Longest first: a key may hold another one.
  return [...new Set(spellings)].sort((a, b) => b.length - a.length);
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
