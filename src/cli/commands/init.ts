/** `bench init`: a configuration and a first suite, by a few questions or by flags. Nothing is overwritten. */
import { didYouMean } from '../../domain/errors/did-you-mean.js';
import { knownProviders } from '../../providers/index.js';
import { isLocal } from '../../providers/refusals.js';
import type { StarterChoice } from '../../run/starter/starter-files.js';
import { starterLanguages } from '../../run/starter/starter-suite.js';
import { writeStarter } from '../../run/starter/write-starter.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import type { FlagReader } from '../flags.js';
import { openCommand } from '../opening.js';

export const act: Act = async ({ flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const given = readFlags(flags);
  if (flags.mistakes.length > 0) return refuse();
  const { stdin, stderr } = world.terminal;
  const asks = !flags.on('yes') && !json && stdin.isTTY && stderr.isTTY;
  let choice: StarterChoice = given;
  if (asks) {
    const { askForStarter } = await import('../init-questions.js');
    const answered = await askForStarter(given, typed, world);
    if (answered === null) {
      console.say('Nothing was written.\n');
      return exitCodes.interrupted;
    }
    choice = answered;
  }
  const { written, kept } = await writeStarter(choice, world.files);
  if (json) console.json({ written, kept });
  else {
    for (const path of written) console.say(`  wrote  ${path}\n`);
    for (const path of kept) console.say(`  kept   ${path} (it exists)\n`);
    console.say(nextSteps(choice));
  }
  return exitCodes.done;
};

function readFlags(flags: FlagReader): StarterChoice {
  const models = flags.texts('model');
  const name = flags.text('provider') ?? (models.length > 0 ? 'openrouter' : null);
  const provider = knownProviders.find((known) => known.name === name) ?? null;
  if (name !== null && provider === null) {
    const names = knownProviders.map((known) => known.name);
    flags.mistake(
      `--provider takes ${names.join(', ')}, not "${name}"`,
      didYouMean(name, names) ?? undefined,
    );
  }
  if (provider !== null && models.length === 0 && flags.on('yes'))
    flags.mistake('--provider needs a model', `name one with -m; bench models ${provider.name} lists them`);
  const word = flags.text('language') ?? 'python';
  const language = starterLanguages.find((known) => known === word);
  if (language === undefined)
    flags.mistake(
      `--language takes ${starterLanguages.join(', ')}, not "${word}"`,
      didYouMean(word, [...starterLanguages]) ?? undefined,
    );
  return { provider, models, language: language ?? 'python', ci: flags.on('ci') };
}

function nextSteps({ provider, models }: StarterChoice): string {
  const key = provider?.apiKeyEnv ?? null;
  const steps: (readonly [string, string])[] = [
    ['check', 'bench validate suite.yaml'],
    ['practise', `bench run suite.yaml${models.length === 0 ? '' : ' -m practice-strong -m practice-quick'}`],
    ...(models.length === 0
      ? [['real models', 'bench models, then add one to bench.yaml'] as const]
      : [
          ...(key === null ? [] : [['key', `cp .env.example .env, and set ${key}`] as const]),
          ...(provider !== null && isLocal(provider.baseUrl)
            ? [['server', `start it at ${provider.baseUrl}`] as const]
            : []),
          ['measure', 'bench run suite.yaml'] as const,
        ]),
  ];
  const width = Math.max(...steps.map(([title]) => title.length));
  return `\n${steps.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`).join('\n')}\n`;
}
