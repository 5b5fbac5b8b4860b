/** `bench run --dry-run`: what would be sent, how long the limits make it take, what it may cost, whether it fits today. */
import { type Account, modelsOf } from '../domain/candidate.js';
import { formatDuration, formatUsd } from '../domain/units.js';
import { accountKey } from '../engine/identity.js';
import type { DailyLedger } from '../engine/ledger.js';
import { forecastOf, type RunsForecast, simulateRuns } from '../run/planning/forecast.js';
import { type GatePower, gatePower } from '../run/planning/gate-power.js';
import { planForecast } from '../run/planning/plan.js';
import type { Gate } from '../run/request/read-gate.js';
import type { RunRequest } from '../run/request/read-request.js';
import type { World } from '../world/world.js';
import { gateLines } from './run-messages.js';

const RUNS = 5;

export interface DryRun {
  readonly trials: number;
  readonly forecast: RunsForecast;
  /** At most, if every answer is as long as it may be; null: a price is not known. */
  readonly cost_usd_max: number | null;
  readonly quotas: readonly Quota[];
  /** What a gate could see; empty without a baseline. */
  readonly gate: readonly GatePower[];
}

interface Quota {
  readonly account: string;
  readonly per_day: number;
  readonly used_today: number;
  /** Requests that this run would add. */
  readonly wanted: number;
}

export async function dryRun(request: RunRequest, ledger: DailyLedger, world: World): Promise<DryRun> {
  const forecast = forecastOf(await simulateRuns(request, RUNS, world), request.plan);
  return {
    trials: request.plan.trials.length,
    forecast,
    cost_usd_max: planForecast(request.plan).costUsdMax,
    quotas: quotasOf(request, forecast, ledger, world.env),
    gate: request.gate === null ? [] : gatePower(request.plan, request.gate.profile, request.gate.settings),
  };
}

function quotasOf(
  { plan }: RunRequest,
  forecast: RunsForecast,
  ledger: DailyLedger,
  env: World['env'],
): Quota[] {
  const accounts = new Map<string, { readonly account: Account; wanted: number }>();
  for (const candidate of plan.candidates) {
    const [primary] = modelsOf(candidate);
    if (primary === undefined || primary.account.limits.rpd === undefined) continue;
    const key = accountKey(primary.account, env);
    const entry = accounts.get(key) ?? { account: primary.account, wanted: 0 };
    // A candidate without a single request left to simulate still has its trials to ask.
    const own = forecast.candidates.find((one) => one.candidate === candidate.name);
    entry.wanted += Math.max(own?.requests.median ?? 0, own?.trials ?? 0);
    accounts.set(key, entry);
  }
  return [...accounts].map(([key, { account, wanted }]) => ({
    account: account.provider,
    per_day: account.limits.rpd ?? 0,
    used_today: ledger.used(key),
    wanted: Math.round(wanted),
  }));
}

export function dryRunText(
  { trials, forecast, cost_usd_max: most, quotas, gate: seen }: DryRun,
  gate: Gate | null,
): string {
  const total = (read: (one: RunsForecast['candidates'][number]) => number) =>
    Math.round(forecast.candidates.reduce((sum, one) => sum + read(one), 0));
  const requests = total((one) => one.requests.median);
  const tokens = total((one) => one.tokens.median);
  const { median, high } = forecast.duration_ms;
  const upTo = high > 1.05 * median ? `, at most ${formatDuration(high)} in 95% of simulated runs` : '';
  const cost = most === null ? 'cost unknown: not every price is known' : `cost at most ${formatUsd(most)}`;
  const lines = [
    `  dry run    nothing is sent; simulated from the limits that are known`,
    `  would send ${trials} trials, about ${requests} requests and ${tokens} tokens; ${cost}`,
    `  would take about ${formatDuration(median)}${upTo}`,
  ];
  for (const quota of quotas) {
    const left = Math.max(0, quota.per_day - quota.used_today);
    const fits =
      quota.wanted <= left ? 'it fits' : `${quota.wanted - left} of its requests would wait for 00:00 UTC`;
    lines.push(
      `  quota      ${quota.account}: ${quota.used_today} of today's ${quota.per_day} requests are used, this run wants ${quota.wanted}: ${fits}`,
    );
  }
  if (gate !== null) lines.push(...gateLines(seen, gate));
  return `${lines.join('\n')}\n`;
}
