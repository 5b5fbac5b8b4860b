/** What the gateway has done, as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { RunEvent } from '../domain/event.js';

export interface Ended {
  readonly wire: string;
  /** The route's name. */
  readonly asked: string;
  /** Null: nobody. */
  readonly answered: string | null;
  /** `answered`, `empty`, `left` (by the client), `broken`, or why there is no answer. */
  readonly outcome: string;
  readonly totalMs: number;
  /** Until the first of the answer was sent on; null: nothing was. */
  readonly firstMs: number | null;
  /** Not on the wire. */
  readonly overheadMs: number;
  readonly costUsd: number | null;
}

/** How a model is at the moment. */
export interface ModelState {
  readonly model: string;
  /** Unix time, s; null: it is not paused. */
  readonly pausedUntilS: number | null;
  readonly isDown: boolean;
  /** Of the day's known quotas; null: none is known. */
  readonly leftToday: number | null;
}

export interface Metrics {
  began(): void;
  ended(ended: Ended): void;
  /** It has ended by a bug of ours. */
  lost(): void;
  heard(event: RunEvent): void;
  text(models: readonly ModelState[]): string;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const OVERHEAD_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 1, 10];
const CATEGORY = /^bench\/(.*)$/;

export function openMetrics(): Metrics {
  const requests = counter('bench_requests_total', 'Requests that have ended.');
  const fallbacks = counter('bench_fallbacks_total', 'Requests that went on with another model.');
  const cost = counter('bench_cost_usd_total', 'Known costs of answers.');
  const total = histogram('bench_request_seconds', 'From a request to the end of its answer.', SECONDS);
  const first = histogram('bench_first_token_seconds', 'From a request to the first of its answer.', SECONDS);
  const overhead = histogram(
    'bench_overhead_seconds',
    'Time of a request that was not spent on the wire.',
    OVERHEAD_SECONDS,
  );
  let inFlight = 0;
  return {
    began() {
      inFlight += 1;
    },
    ended({ wire, asked, answered, outcome, totalMs, firstMs, overheadMs, costUsd }) {
      inFlight -= 1;
      const category = CATEGORY.exec(asked)?.[1] ?? '';
      requests.add({ wire, asked, answered: answered ?? '', category, outcome });
      const labels = { wire, answered: answered ?? '' };
      total.note(labels, totalMs / 1000);
      if (firstMs !== null) first.note(labels, firstMs / 1000);
      overhead.note({ wire }, overheadMs / 1000);
      if (costUsd !== null) cost.add({ answered: answered ?? '' }, costUsd);
    },
    lost() {
      inFlight -= 1;
      requests.add({ wire: '', asked: '', answered: '', category: '', outcome: 'internal' });
    },
    heard(event) {
      if (event.kind !== 'rotated') return;
      const { from, to, reason } = event.rotation;
      fallbacks.add({ from, to, reason });
    },
    text(models) {
      const paused = models.map(
        ({ model, pausedUntilS }) => [{ model }, pausedUntilS === null ? 0 : 1] as const,
      );
      const until = models.flatMap(({ model, pausedUntilS }) =>
        pausedUntilS === null ? [] : [[{ model }, pausedUntilS] as const],
      );
      const down = models.map(({ model, isDown }) => [{ model }, isDown ? 1 : 0] as const);
      const left = models.flatMap(({ model, leftToday }) =>
        leftToday === null ? [] : [[{ model }, leftToday] as const],
      );
      return [
        ...[requests, fallbacks, cost, total, first, overhead].map((metric) => metric.text()),
        gauge('bench_in_flight', 'Requests that have no end yet.', [[{}, inFlight]]),
        gauge('bench_paused', 'Whether a model is paused.', paused),
        gauge('bench_paused_until_seconds', 'When a pause ends, in Unix time.', until),
        gauge('bench_quota_remaining', 'Requests that are left of known quotas of the day.', left),
        gauge('bench_disabled', 'Whether a model is asked no more until the configuration changes.', down),
      ].join('');
    },
  };
}

type Labels = Readonly<Record<string, string>>;

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

const head = (name: string, help: string, type: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

function gauge(name: string, help: string, samples: readonly (readonly [Labels, number])[]): string {
  return head(name, help, 'gauge') + samples.map(([labels, value]) => sample(name, labels, value)).join('');
}

function counter(name: string, help: string) {
  const values = new Map<string, { readonly labels: Labels; value: number }>();
  return {
    add(labels: Labels, amount = 1) {
      const key = JSON.stringify(Object.values(labels));
      const own = values.get(key) ?? { labels, value: 0 };
      own.value += amount;
      values.set(key, own);
    },
    text: () =>
      head(name, help, 'counter') +
      [...values.values()].map(({ labels, value }) => sample(name, labels, value)).join(''),
  };
}

/** `bounds`: upper ends of the buckets, ascending; those of all larger values come by themselves. */
function histogram(name: string, help: string, bounds: readonly number[]) {
  const values = new Map<
    string,
    { readonly labels: Labels; readonly counts: number[]; sum: number; n: number }
  >();
  return {
    note(labels: Labels, value: number) {
      const key = JSON.stringify(Object.values(labels));
      const own = values.get(key) ?? { labels, counts: bounds.map(() => 0), sum: 0, n: 0 };
      values.set(key, own);
      own.sum += value;
      own.n += 1;
      for (const [at, bound] of bounds.entries())
        if (value <= bound) own.counts[at] = (own.counts[at] ?? 0) + 1;
    },
    text: () =>
      head(name, help, 'histogram') +
      [...values.values()]
        .map(({ labels, counts, sum, n }) =>
          [
            ...bounds.map((bound, at) =>
              sample(`${name}_bucket`, { ...labels, le: String(bound) }, counts[at] ?? 0),
            ),
            sample(`${name}_bucket`, { ...labels, le: '+Inf' }, n),
            sample(`${name}_sum`, labels, sum),
            sample(`${name}_count`, labels, n),
          ].join(''),
        )
        .join(''),
  };
}
