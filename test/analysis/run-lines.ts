/** Lines of journals for tests, made by hand. */
import type { JournalLine, RunLine, TrialRecord } from '../../src/domain/record.js';

export function runLine(candidates: readonly string[], planned: Record<string, number>): RunLine {
  return {
    type: 'run',
    schema_version: 1,
    id: '2031-04-05-demo-0a1b',
    started_at: '2031-04-05T06:07:08.000Z',
    tool: { name: 'codegen-bench', version: '0.0.0' },
    suites: [
      {
        name: 'demo',
        file: 'demo.yaml',
        hash: 'abcd',
        cases: Object.values(planned).reduce((sum, count) => sum + count, 0),
        categories: ['simple', 'docs'],
      },
    ],
    candidates: candidates.map((candidate) => ({
      candidate,
      kind: candidate === 'default' ? 'rotation' : 'model',
      simulated: false,
      models: [{ name: candidate, provider: 'p', model: 'm' }],
      planned,
    })),
    settings: {
      samples: null,
      concurrency: 8,
      seed: '1',
      sandbox: 'wasm',
      simulated_time: false,
      allow_unanswered: 0,
      fail_under: [],
      filter: { categories: [], cases: [] },
    },
    environment: { node: '20.0.0', platform: 'linux', arch: 'x64', cores: 2, extraction: 'x/1' },
    trials: candidates.length * Object.values(planned).reduce((sum, count) => sum + count, 0),
  };
}

export function trialLine(
  candidate: string,
  id: string,
  verdict: TrialRecord['verdict'],
  more: Partial<TrialRecord> = {},
): TrialRecord {
  const answered = verdict !== 'unanswered';
  return {
    type: 'trial',
    trial: `${candidate}/${id}/${more.sample ?? 0}`,
    case: id,
    suite: 'demo',
    category: 'simple',
    language: 'python',
    candidate,
    answered_by: answered ? candidate : null,
    sample: 0,
    verdict,
    score: answered ? (verdict === 'passed' ? 1 : 0) : null,
    outcome: answered ? 'answered' : 'rate_limited',
    latency_ms: answered ? 1000 : null,
    ttft_ms: answered ? 200 : null,
    queue_ms: 0,
    pace_ms: 0,
    backoff_ms: 0,
    cost_usd: answered ? 0.1 : null,
    completion: answered
      ? {
          text: 'x',
          finish_reason: 'stop',
          served_model: null,
          served_by: null,
          usage: { prompt_tokens: 10, completion_tokens: 80, reasoning_tokens: null },
        }
      : null,
    extraction: answered ? { method: 'fence', outcome: 'code' } : null,
    checks: [],
    attempts: [{ model: candidate, outcome: 'answered', status: 200, wait_ms: 0, total_ms: 1000 }],
    grading_ms: 1,
    ...more,
  };
}

export async function* streamed<T = JournalLine>(lines: readonly T[]): AsyncIterable<T> {
  yield* lines;
}
