/** `bench trend [run...]`: candidates over their runs in time, and what changed for more than chance. */
import { trend } from '../../analysis/trend.js';
import type { RunProfile } from '../../domain/comparison.js';
import { diagnosticOf } from '../../domain/errors/diagnostic.js';
import { DEFAULT_OUT } from '../../journal/run-folder.js';
import { renderTrend } from '../../reports/trend.js';
import { findProfile, partialText } from '../../run/stored/find-profile.js';
import { runsOfOneSuite } from '../../run/stored/read-history.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

const ALPHA = 0.05;

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const out = flags.text('out') ?? DEFAULT_OUT;
  const alphaText = flags.text('alpha');
  const alpha = alphaText === null ? ALPHA : Number(alphaText);
  if (!(alpha > 0 && alpha < 1)) flags.mistake(`--alpha takes a share between 0 and 1, not "${alphaText}"`);
  const takesPartial = flags.on('includePartial');
  if (flags.mistakes.length > 0) return refuse();
  const words = args.length > 0 ? args : await runsOfOneSuite(out, world);
  if ('problem' in words) return refuse(diagnosticOf(words));
  const profiles = new Map<string, RunProfile>();
  for (const word of words) {
    const found = await findProfile(word, out, world.files);
    if ('problem' in found) return refuse(diagnosticOf(found));
    if (found.torn !== null) console.complain(`! ${found.torn}: skipped\n`);
    const { partial, id } = found.profile;
    if (partial !== undefined && !takesPartial) {
      console.complain(`! ${partialText(id, partial)}; skipped (use --include-partial to include it)\n`);
      continue;
    }
    profiles.set(id, found.profile);
  }
  if (profiles.size === 0)
    return refuse({
      code: 'run/incomplete',
      message: 'none of these runs is complete',
      help: 'resume one with bench run --resume',
    });
  const wanted = flags.texts('model');
  const found = trend([...profiles.values()], wanted.length === 0 ? null : wanted, alpha);
  if (found.candidates.length === 0) {
    const known = [...profiles.values()].flatMap(({ candidates }) =>
      candidates.map(({ candidate }) => candidate),
    );
    return refuse({
      code: 'run/no-such-candidate',
      message: `nothing was measured of ${wanted.join(', ') || 'anybody'} in these runs`,
      help: `they have ${[...new Set(known)].join(', ') || 'no candidate'}`,
    });
  }
  if (json) console.json(found);
  else console.data(renderTrend(found, { colour: console.colour.stdout, columns: console.columns }));
  return exitCodes.done;
};
