/** What the scripts that measure the engine share: an answer, patience, and flags. */

export const print = (line) => process.stdout.write(`${line}\n`);

/** The value that follows a flag. */
export const flag = (name) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;

const usage = { promptTokens: 1, completionTokens: 1, reasoningTokens: null };
export const completion = {
  text: 'x',
  reasoning: null,
  finishReason: 'stop',
  servedModel: null,
  servedBy: null,
  usage,
  costUsd: 0,
};

/** Nothing is ever given up. */
export const retry = {
  baseDelayMs: 1000,
  factor: 2,
  maxDelayMs: 60_000,
  jitter: 'full',
  maxAttempts: 1000,
  deadlineMs: null,
  maxWaitMs: 9e9,
};

export const account = { provider: 'p', baseUrl: 'http://p', apiKeyEnv: null, headers: {}, limits: {} };

export const modelNamed = (name, more = {}) => ({
  name,
  account,
  id: name,
  limits: {},
  price: null,
  params: {},
  body: {},
  retry,
  stream: true,
  simulation: null,
  ...more,
});
