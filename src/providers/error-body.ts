/** What error bodies hold, in the shapes seen: `{error: {...}}`, `{error: "..."}`, flat ones, lists, HTML, nothing. */

export interface ErrorBody {
  readonly message: string;
  /** `error.code`, `error.type`, quota ids, in lower case. */
  readonly codes: readonly string[];
  /** A status inside the body, which some gateways send with 200. */
  readonly status: number | null;
  /** OpenRouter's moderation says why. */
  readonly moderated: boolean;
  /** The provider behind a router answered this. */
  readonly upstream: boolean;
  /** Headers that a router passes on inside the error. */
  readonly headers: Readonly<Record<string, string>>;
  /** Waits that stand in fields: Gemini's `retryDelay: 30s`, `resets_at` in epoch seconds, `retry_after`. */
  readonly waits: readonly Wait[];
}

export interface Wait {
  readonly text: string;
  /** What a bare number means: ms, or whatever its size says. */
  readonly unit: 'ms' | null;
}

const waitFields: readonly (readonly [string, Wait['unit']])[] = [
  ['retry_after_ms', 'ms'],
  ['retryAfterMs', 'ms'],
  ['retryDelay', null],
  ['retry_delay', null],
  ['retry_after', null],
  ['retryAfter', null],
  ['retry_after_seconds', null],
  ['resets_in_seconds', null],
  ['resets_at', null],
  ['resetsAt', null],
  ['reset_at', null],
  ['resetAt', null],
  ['reset_time', null],
  ['resetTime', null],
];

const MESSAGE_CHARS = 300;
const PAGE_CHARS = 8 * 1024;

/** `redact` sees messages whole, and as a person would read them. */
export function readErrorBody(text: string, redact: (text: string) => string = (same) => same): ErrorBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return fromProse(text, redact);
  }
  if (typeof parsed === 'string') return fromProse(parsed, redact);
  const outer = asObject(Array.isArray(parsed) ? parsed[0] : parsed);
  // An error in a stream stands in its chunk, or in the choice.
  const choice = asObject(Array.isArray(outer['choices']) ? outer['choices'][0] : null);
  const inner = asObject(outer['error'] ?? choice['error']);
  const metadata = asObject(inner['metadata']);
  const availability = asObject(metadata['availability']);
  const details = (Array.isArray(inner['details']) ? inner['details'] : []).map(asObject);
  const violations = details.flatMap((detail) =>
    Array.isArray(detail['violations']) ? detail['violations'].map(asObject) : [],
  );
  const texts = [inner['message'], outer['error'], outer['message'], outer['detail']].map(textOf);
  const raw = typeof metadata['raw'] === 'string' ? metadata['raw'] : '';
  const codes = [
    inner['code'],
    inner['type'],
    inner['status'],
    inner['param'],
    outer['code'],
    outer['type'],
    metadata['limit_source'],
    metadata['error_type'],
    availability['code'],
    ...violations.flatMap((violation) => [violation['quotaId'], violation['quotaMetric']]),
  ];
  const statuses = [inner['http_status'], inner['status'], inner['code'], outer['code'], outer['status']];
  const status = statuses.map(statusOf).find((code) => code !== null) ?? null;
  const message = texts.find((item) => item !== '') ?? '';
  return {
    message: shortened(redact(raw === '' || message.includes(raw) ? message : `${message} ${raw}`)),
    codes: codes.filter((code) => typeof code === 'string').map((code) => code.toLowerCase()),
    status,
    moderated: 'reasons' in metadata || 'flagged_input' in metadata,
    upstream: 'provider_name' in metadata,
    headers: headersIn(metadata['headers']),
    waits: waitsIn([...details, inner, metadata, availability, outer]),
  };
}

function waitsIn(places: readonly Readonly<Record<string, unknown>>[]): Wait[] {
  return places.flatMap((place) =>
    waitFields.flatMap(([field, unit]): Wait[] => {
      const value = place[field];
      const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
      return text === '' ? [] : [{ text, unit }];
    }),
  );
}

/** A page of a proxy or a login: somebody before the model answered. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*<(!doctype|html|head|body)/i.test(text);
}

function fromProse(text: string, redact: (text: string) => string): ErrorBody {
  const isHtml = looksLikeHtml(text);
  // A page says what it has to say at its beginning, and tags that never end make patterns slow.
  const page = isHtml ? redact(text).slice(0, PAGE_CHARS) : '';
  const title = /<title[^<>]*>([^<]*)<\/title>/i.exec(page)?.[1];
  const plain = isHtml ? (title ?? page.replaceAll(/<(style|script)[\s\S]*?<\/\1>|<[^<>]*>/g, ' ')) : text;
  return {
    message: shortened(redact(plain)),
    codes: [],
    status: null,
    moderated: false,
    upstream: false,
    headers: {},
    waits: [],
  };
}

/** A text, or what a validator's list says of its first finding. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  const first = asObject(value[0]);
  const where = Array.isArray(first['loc']) ? `${first['loc'].join('.')}: ` : '';
  return typeof first['msg'] === 'string' ? `${where}${first['msg']}` : '';
}

function statusOf(value: unknown): number | null {
  const code = typeof value === 'number' || /^\d{3}$/.test(String(value)) ? Number(value) : Number.NaN;
  return Number.isInteger(code) && code >= 400 && code < 600 ? code : null;
}

function headersIn(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asObject(value)).map(([name, item]) => [name.toLowerCase(), String(item)]),
  );
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** One line, and no longer than that. */
export function shortened(text: string, mostChars = MESSAGE_CHARS): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > mostChars ? `${line.slice(0, mostChars - 1)}…` : line;
}
