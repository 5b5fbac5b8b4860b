import { expect, test } from 'vitest';
import { allowanceOf, hintInProseMs, retryHintMs } from '../../src/providers/rate-limit-headers.js';

const now = Date.parse('2026-03-01T12:00:00Z');

test.each([
  ['seconds', { 'retry-after': '7' }, 7000],
  ['fractions', { 'retry-after': '0.5' }, 500],
  ['ms before seconds', { 'retry-after-ms': '120', 'retry-after': '7' }, 120],
  ['a date', { 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' }, 30_000],
  [
    'a date, by the server’s clock',
    { 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT', date: 'Sun, 01 Mar 2026 12:00:20 GMT' },
    10_000,
  ],
  ['a past date is no hot loop', { 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 100],
  ['a negative number is no hot loop', { 'retry-after': '-3' }, 100],
  ['a hint of a few ms is kept to', { 'retry-after-ms': '12.5' }, 12.5],
  [
    'a clock two seconds off is ours',
    { 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT', date: 'Sun, 01 Mar 2026 12:00:01 GMT' },
    30_000,
  ],
  ['nothing', {}, null],
  ['empty is not 0', { 'retry-after': '' }, null],
  ['no number and no date', { 'retry-after': 'soon' }, null],
  ['reset in seconds from now', { 'x-ratelimit-reset': '2.5' }, 2500],
  ['reset as epoch seconds', { 'x-ratelimit-reset': String(now / 1000 + 60) }, 60_000],
  ['reset as epoch ms', { 'x-ratelimit-reset': String(now + 1500) }, 1500],
  ['reset as minutes and seconds', { 'x-ratelimit-reset': '6m0s' }, 360_000],
  ['reset as hours, minutes and fractions', { 'x-ratelimit-reset': '1h2m3.5s' }, 3_723_500],
  ['reset in ms', { 'x-ratelimit-reset': '120ms' }, 120],
  ['reset as a date', { 'x-ratelimit-reset': '2026-03-01T12:00:05Z' }, 5000],
  ['Retry-After with a unit', { 'retry-after': '20s' }, 20_000],
  [
    'only what is spent counts (OpenAI)',
    {
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    360_000,
  ],
  [
    'of two that are spent the longer (Groq)',
    {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2h30m',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '7.66s',
    },
    9_000_000,
  ],
  [
    'until a bucket is full is not until there is one',
    {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0s',
    },
    1000,
  ],
  ['something left is no wait', { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '60' }, null],
  ['the draft of the IETF', { ratelimit: '"default";r=0;t=5' }, 5000],
  ['the older draft', { ratelimit: 'limit=10, remaining=0, reset=7' }, 7000],
  ['the draft with something left', { ratelimit: '"default";r=4;t=5' }, null],
  ['two hours are two hours', { 'retry-after': '7200' }, 7_200_000],
])('%s', (_, headers, expected) => {
  expect(retryHintMs(headers as Record<string, string>, now)).toBe(expected);
});

test.each([
  ['Please try again in 6m0s.', 360_000],
  ['Rate limit reached. Please try again in 1.898s. Visit …', 1898],
  ['Please retry after 20 seconds', 20_000],
  ['Try again in 250ms', 250],
  ['retry in 2 minutes', 120_000],
  ['Limit 30, used 30, requested 1', null],
  ['slow down', null],
])('prose: %s', (text, expected) => {
  expect(hintInProseMs(text)).toBe(expected);
});

const openai = (limit: string, remaining: string, reset: string) => ({
  'x-ratelimit-limit-requests': limit,
  'x-ratelimit-remaining-requests': remaining,
  'x-ratelimit-reset-requests': reset,
});

test.each([
  ['OpenAI: until the bucket is full', openai('60', '58', '2s'), [58, 1000, 'one']],
  ['Groq: a bucket for the day', openai('14400', '14370', '2m59.56s'), [14_370, 179_560 / 30, 'one']],
  ['a bucket that is full tells no pace', openai('60', '60', '0s'), null],
  ['a bucket without its size', { ...openai('', '3', '1s') }, null],
  [
    'a window, epoch seconds',
    { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': String(now / 1000 + 30) },
    [7, 30_000, 'all'],
  ],
  ['a window, seconds', { 'ratelimit-remaining': '0', 'ratelimit-reset': '12' }, [0, 12_000, 'all']],
  ['the draft of the IETF', { ratelimit: '"default";r=3;t=5' }, [3, 5000, 'all']],
  ['the older draft', { ratelimit: 'limit=10, remaining=0, reset=7' }, [0, 7000, 'all']],
  [
    'of two the one that ends first',
    { ...openai('60', '58', '2s'), 'x-ratelimit-remaining': '4', 'x-ratelimit-reset': '9' },
    [4, 9000, 'all'],
  ],
  ['a reset in the past', { 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': '-4' }, [2, 0, 'all']],
  ['below nothing is nothing', { 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '4' }, [0, 4000, 'all']],
  ['no reset (Mistral)', { 'x-ratelimit-remaining': '2' }, null],
  ['no number', { 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': '4' }, null],
  [
    'tokens are no requests',
    { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' },
    null,
  ],
  ['nothing', {}, null],
] as const)('what is left: %s', (_, headers, expected) => {
  const allowance = allowanceOf(headers as Record<string, string>, now);
  expect(allowance && [allowance.remaining, allowance.refillMs, allowance.refills]).toEqual(expected);
});
