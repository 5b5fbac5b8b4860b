/** `bench judge check <suite>` measures judges by answers that people have judged; `bench judge disagreements <run>`. */
import { diagnosticOf } from '../../domain/errors/diagnostic.js';
import { didYouMean } from '../../domain/errors/did-you-mean.js';
import { DEFAULT_OUT, findRun } from '../../journal/run-folder.js';
import { judgeAccuracyText } from '../../reports/judge-accuracy.js';
import { checkJudges } from '../../run/judging/check-judges.js';
import { disagreementsIn } from '../../run/judging/disagreements.js';
import { keepAccuracy } from '../../run/judging/kept-accuracy.js';
import type { World } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { type Opening, openCommand } from '../opening.js';

const deeds = ['check', 'disagreements'] as const;

export const act: Act = async ({ args, flags: typed }, world) => {
  const opening = openCommand({ flags: typed }, world);
  const [word = '', ...rest] = args;
  const deed = deeds.find((known) => known === word);
  if (deed === undefined) {
    const near = didYouMean(word, [...deeds]);
    const message = `bench judge takes ${deeds.join(' or ')}, not "${word}"`;
    return opening.refuse({ code: 'cli/unknown-word', message, ...(near === null ? {} : { help: near }) });
  }
  return deed === 'check' ? check(rest, opening, world) : disagreements(rest[0] ?? 'latest', opening, world);
};

async function check(suites: readonly string[], opening: Opening, world: World) {
  const { flags, json, console, refuse } = opening;
  if (suites.length === 0) flags.mistake('bench judge check needs a suite', 'bench judge check suite.yaml');
  const options = {
    suites,
    config: flags.text('config'),
    envFile: flags.text('envFile'),
    seed: flags.text('seed'),
    concurrency: flags.wholeNumber('concurrency', 1),
  };
  const out = flags.text('out') ?? DEFAULT_OUT;
  if (flags.mistakes.length > 0) return refuse();
  world.heedInterrupt();
  const checked = await checkJudges(options, world);
  if (!checked.ok) return refuse(...checked.diagnostics);
  if (world.interrupted.aborted) return exitCodes.interrupted;
  for (const one of checked.value) {
    const path = await keepAccuracy(one, out, world);
    if (json) continue;
    console.data(`${one.suite}${one.simulated ? '  ~ simulated judges' : ''}\n`);
    console.data(judgeAccuracyText(one.judges));
    console.say(`\n  kept in   ${path}\n`);
  }
  if (json) console.json({ suites: checked.value });
  const judges = checked.value.flatMap((one) => one.judges);
  return judges.some(({ labels }) => labels === 0) ? exitCodes.notEnoughMeasured : exitCodes.done;
}

async function disagreements(word: string, { flags, json, console, refuse }: Opening, world: World) {
  if (flags.mistakes.length > 0) return refuse();
  const folder = await findRun(word, flags.text('out') ?? DEFAULT_OUT, world.files);
  if (typeof folder !== 'string') return refuse(diagnosticOf(folder));
  const found = await disagreementsIn(folder, world.files);
  if (json) console.json({ disagreements: found });
  else if (found.length === 0) console.data('no panel disagreed\n');
  else
    for (const { case: id, candidate, sample, check: name, votes } of found) {
      const said = votes.map(
        ({ judge, said: vote }) => `${judge} ${vote === null ? 'no verdict' : String(vote)}`,
      );
      console.data(
        `${id}  ${candidate}${sample === 0 ? '' : ` #${sample + 1}`}  ${name}  ${said.join(', ')}\n`,
      );
    }
  return exitCodes.done;
}
