/** The questions of `bench init`. Flags that were given are not asked for again. */
import { autocompleteMultiselect, confirm, isCancel, note, select, text } from '@clack/prompts';
import { knownProviders } from '../providers/index.js';
import { isFree, type ListedModel } from '../providers/model-list.js';
import type { Provider } from '../providers/provider.js';
import { catalogue } from '../run/models/catalogue.js';
import type { StarterChoice } from '../run/starter/starter-files.js';
import { type StarterLanguage, starterLanguages } from '../run/starter/starter-suite.js';
import type { World } from '../world/world.js';

/** Null: the user gave up. */
export async function askForStarter(
  given: StarterChoice,
  flags: Readonly<Record<string, unknown>>,
  world: World,
): Promise<StarterChoice | null> {
  const provider = given.provider ?? (await askForProvider());
  if (provider === undefined) return null;
  const models =
    given.models.length > 0 || provider === null ? given.models : await askForModels(provider, world);
  if (models === null) return null;
  const language = 'language' in flags ? given.language : await askForLanguage();
  if (language === null) return null;
  const ci = 'ci' in flags ? given.ci : await askForCi();
  return ci === null ? null : { provider: models.length === 0 ? null : provider, models, language, ci };
}

/** Undefined: the user gave up. */
async function askForProvider(): Promise<Provider | null | undefined> {
  const chosen = await select<Provider | null>({
    message: 'Where do your models run?',
    options: [
      { value: null, label: 'nowhere yet', hint: 'simulated models: no key, no network' },
      ...knownProviders.map((provider) => ({
        value: provider,
        label: provider.name,
        hint: provider.apiKeyEnv ?? provider.baseUrl,
      })),
    ],
  });
  return isCancel(chosen) ? undefined : chosen;
}

const SHOWN = 8;

async function askForModels(provider: Provider, world: World): Promise<readonly string[] | null> {
  const options = { provider: provider.name, freeOnly: false, search: null, config: null, envFile: null };
  const found = await catalogue(options, world);
  const [entry] = found.ok ? found.value : [];
  const listed = entry?.models ?? [];
  if (listed.length === 0) {
    if (entry?.problem != null) note(entry.problem);
    const typed = await text({
      message: `Which models of ${provider.name}? (ids, separated by spaces)`,
      placeholder: 'none yet',
    });
    return isCancel(typed) ? null : (typed ?? '').split(/[\s,]+/).filter((id) => id !== '');
  }
  const chosen = await autocompleteMultiselect({
    message: `Which models of ${provider.name}? (type to search, tab to choose, enter when done)`,
    maxItems: SHOWN,
    options: [...listed].sort(freeFirst).map((model) => ({
      value: model.id,
      label: model.id,
      ...(isFree(model) ? { hint: 'free' } : {}),
    })),
  });
  return isCancel(chosen) ? null : chosen;
}

function freeFirst(a: ListedModel, b: ListedModel): number {
  return Number(isFree(b)) - Number(isFree(a));
}

async function askForLanguage(): Promise<StarterLanguage | null> {
  const chosen = await select<StarterLanguage>({
    message: 'Which language should the first suite use?',
    options: starterLanguages.map((language) => ({ value: language, label: language })),
  });
  return isCancel(chosen) ? null : chosen;
}

async function askForCi(): Promise<boolean | null> {
  const chosen = await confirm({ message: 'Add a GitHub workflow?', initialValue: false });
  return isCancel(chosen) ? null : chosen;
}
