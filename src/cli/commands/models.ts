/** `bench models [provider]`: what can be asked, with context, price and id; `bench models check <suite>`: one tiny request each. */
import type { ListedModel } from '../../providers/model-list.js';
import { isFree } from '../../providers/model-list.js';
import { plainTable, tableText } from '../../reports/plain-table.js';
import { type CatalogueEntry, catalogue } from '../../run/models/catalogue.js';
import { type CheckedModel, checkModels } from '../../run/models/check.js';
import type { World } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { type Opening, openCommand } from '../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const opening = openCommand({ flags: typed }, world);
  const { flags, json, console, refuse } = opening;
  if (args[0] === 'check') return check(args.slice(1), opening, world);
  if (flags.mistakes.length > 0) return refuse();
  world.heedInterrupt();
  const found = await catalogue(
    {
      provider: args[0] ?? null,
      freeOnly: flags.on('free'),
      search: flags.text('search'),
      config: flags.text('config'),
      envFile: flags.text('envFile'),
    },
    world,
  );
  if (!found.ok) return refuse(...found.diagnostics);
  const entries = found.value;
  if (json) console.json({ providers: entries.map(asJson) });
  else {
    for (const { provider, baseUrl, models } of entries)
      if (models !== null) console.data(textOf(provider, baseUrl, models));
    const silent = entries.filter(({ models }) => models === null);
    for (const { provider, problem } of silent) console.say(`${provider}: ${problem}\n`);
    const [first] = entries.flatMap(({ provider, models }) =>
      (models ?? []).map(({ id }) => `${provider}:${id}`),
    );
    if (first !== undefined) console.say(`\n  try one   bench run quickstart -m ${first}\n`);
  }
  if (world.interrupted.aborted) return exitCodes.interrupted;
  return entries.some(({ models }) => models !== null) ? exitCodes.done : exitCodes.notEnoughMeasured;
};

function textOf(provider: string, baseUrl: string, models: readonly ListedModel[]): string {
  const head = `${provider}  ${baseUrl}  ${models.length} ${models.length === 1 ? 'model' : 'models'}\n`;
  if (models.length === 0) return `${head}\n`;
  const table = plainTable(['  id', 'context', 'input $/M', 'output $/M', 'parameters']);
  for (const model of models) {
    const { id, contextTokens, price, parameters } = model;
    const amount = (usd: number | undefined) =>
      isFree(model) ? 'free' : usd === undefined ? '–' : String(Number(usd.toPrecision(3)));
    table.push([
      `  ${id}`,
      contextTokens === null ? '–' : `${Math.round(contextTokens / 1000)}k`,
      amount(price?.input),
      amount(price?.output),
      parameters === null ? '–' : notable(parameters),
    ]);
  }
  return `${head}${tableText(table)}\n`;
}

/** Of twenty, those that a benchmark of code may want to set. */
const NOTABLE = ['temperature', 'seed', 'tools', 'reasoning', 'response_format'];

function notable(parameters: readonly string[]): string {
  return NOTABLE.filter((name) => parameters.includes(name)).join(' ') || '–';
}

function asJson({ provider, baseUrl, models, problem }: CatalogueEntry) {
  return {
    provider,
    base_url: baseUrl,
    problem,
    models:
      models?.map((model) => ({
        id: model.id,
        context_tokens: model.contextTokens,
        price: model.price,
        free: isFree(model),
        parameters: model.parameters,
      })) ?? null,
  };
}

async function check(suites: readonly string[], { flags, json, console, refuse }: Opening, world: World) {
  if (suites.length === 0) flags.mistake('bench models check needs a suite', 'bench models check suite.yaml');
  if (flags.mistakes.length > 0) return refuse();
  world.heedInterrupt();
  const options = {
    suites,
    models: flags.texts('model'),
    rotations: flags.texts('rotation'),
    config: flags.text('config'),
    envFile: flags.text('envFile'),
  };
  const checked = await checkModels(options, world);
  if (!checked.ok) return refuse(...checked.diagnostics);
  const models = checked.value;
  if (json) console.json({ models: models.map(checkedJson) });
  else {
    const table = plainTable(['model', 'answer', 'time', 'note']);
    for (const { name, outcome, totalMs, note } of models)
      table.push([name, outcome, totalMs === null ? '' : `${(totalMs / 1000).toFixed(1)} s`, note]);
    console.data(tableText(table));
  }
  if (world.interrupted.aborted) return exitCodes.interrupted;
  return models.every(({ ok }) => ok) ? exitCodes.done : exitCodes.notEnoughMeasured;
}

function checkedJson({ name, ok, outcome, totalMs, note }: CheckedModel) {
  return { model: name, ok, outcome, total_ms: totalMs === null ? null : Math.round(totalMs), note };
}
