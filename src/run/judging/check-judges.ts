/** `bench judge check`: each judge of a suite is asked of answers that people have judged, twice, and of ten that only order a pass. */
import { grouped } from '../../analysis/grouped.js';
import { accuracyOf, type JudgedAnchor, panelAccuracyOf, type Said } from '../../analysis/judge-accuracy.js';
import type { Model } from '../../domain/candidate.js';
import type { Checked } from '../../domain/errors/diagnostic.js';
import type { Anchor, JudgeSpec } from '../../domain/kinds/judge.js';
import type { JudgeAccuracy } from '../../domain/kinds/judge-accuracy.js';
import { redactor } from '../../domain/redact.js';
import type { Suite } from '../../domain/suite.js';
import {
  JUDGE_PARAMS,
  judgeNameOf,
  judgeQuestion,
  rubricHash,
} from '../../grading/judging/judge-question.js';
import { readVerdict } from '../../grading/judging/read-verdict.js';
import type { World } from '../../world/world.js';
import { realTime, virtualTime } from '../execution/asking-time.js';
import { openAsking } from '../execution/open-asking.js';
import { openLedger } from '../execution/open-ledger.js';
import type { AskAbout } from '../execution/with-judges.js';
import { type RunRequest, readRunRequest } from '../request/read-request.js';
import type { RunOptions } from '../request/run-options.js';
import { canaries } from './canaries.js';
import type { CheckedSuite } from './kept-accuracy.js';

/** Nobody of the suite's candidates is asked. */
const NOBODY = ['stub'];

export async function checkJudges(
  options: Pick<RunOptions, 'suites' | 'config' | 'envFile' | 'seed' | 'concurrency'>,
  world: World,
): Promise<Checked<readonly CheckedSuite[]>> {
  const read = await readRunRequest({ ...options, models: NOBODY }, world);
  if (!read.ok) return read;
  const request = read.value;
  const { suites } = request.plan;
  const bare = suites.find(({ calibration }) => calibration.length === 0);
  if (bare !== undefined) {
    const message =
      bare.judges.length === 0 ? `${bare.name} has no judge` : `${bare.name} has no calibration`;
    return {
      ok: false,
      diagnostics: [
        {
          code: 'suite/no-calibration',
          message,
          help: 'add calibration: with answers that people have judged',
        },
      ],
    };
  }
  const time = request.simulatedTime ? virtualTime(world.clock) : realTime(world);
  const ledger = await openLedger(request, time.clock, world);
  await time.network?.ready();
  const { askAbout } = openAsking(time, request.plan, {
    ledger,
    timeouts: request.config.timeouts,
    concurrency: request.concurrency,
    env: request.env,
    random: request.random,
    redact: redactor(request.secrets),
    on: () => {},
  });
  try {
    const checked = await time.drive(
      Promise.all(suites.map((suite) => checkSuite(suite, request, askAbout, world.interrupted))),
    );
    return { ok: true, value: checked };
  } finally {
    await ledger.save();
  }
}

async function checkSuite(
  suite: Suite,
  { simulatedTime: simulated }: RunRequest,
  askAbout: AskAbout,
  signal: AbortSignal,
): Promise<CheckedSuite> {
  const byRubric = grouped(suite.calibration, ({ spec }) => rubricHash(spec));
  const judges = await Promise.all(
    [...byRubric].map(([rubric, anchors]) => checkRubric(rubric, anchors, suite, askAbout, signal)),
  );
  return { suite: suite.name, simulated, judges: judges.flat() };
}

async function checkRubric(
  rubric: string,
  anchors: readonly Anchor[],
  suite: Suite,
  askAbout: AskAbout,
  signal: AbortSignal,
): Promise<readonly JudgeAccuracy[]> {
  const [first] = anchors;
  if (first === undefined) return [];
  const { spec } = first;
  const models = suite.judges.filter(({ name }) => spec.models.includes(name));
  const saidBy = await Promise.all(
    models.map((model) => {
      const asking = askingOf(model, suite.name, rubric, askAbout, signal);
      return Promise.all(
        anchors.map(async (anchor, at): Promise<JudgedAnchor> => {
          const { task, answer, labels } = anchor;
          const truth = spec.scale === null ? labels.map(Boolean) : [Number(labels[0]) > spec.scale / 2];
          const ask = (time: number) =>
            asking({
              task,
              answer,
              spec,
              truth,
              name: `${at}/${time}`,
              case: anchor.case,
              sample: 2 * at + time,
            });
          return { labels, spec, said: [await ask(0), await ask(1)] };
        }),
      );
    }),
  );
  const passed = await Promise.all(
    models.map(async (model) => {
      const asking = askingOf(model, suite.name, rubric, askAbout, signal);
      const truth = spec.items.map(() => false);
      const said = await Promise.all(
        canaries.map((answer, at) =>
          asking({
            task: first.task,
            answer,
            spec,
            truth,
            name: `canary/${at}`,
            case: first.case,
            sample: 2 * anchors.length + at,
          }),
        ),
      );
      return said.filter((one) => one?.every((value) => value === true || value === 1) === true).length;
    }),
  );
  const each = models.map((model, at) =>
    accuracyOf(model.name, rubric, saidBy[at] ?? [], { asked: canaries.length, passed: passed[at] ?? 0 }),
  );
  if (models.length < 2) return each;
  const verdicts = saidBy.map((own) => own.map(({ said: [once] }) => once));
  return [...each, panelAccuracyOf(judgeNameOf(spec), rubric, anchors, verdicts)];
}

interface Asked {
  readonly task: string;
  readonly answer: string;
  readonly spec: JudgeSpec;
  readonly truth: readonly boolean[];
  readonly name: string;
  readonly case: string;
  readonly sample: number;
}

function askingOf(
  model: Model,
  suite: string,
  rubric: string,
  askAbout: AskAbout,
  signal: AbortSignal,
): (asked: Asked) => Promise<Said> {
  return async ({ task, answer, spec, truth, name, case: id, sample }) => {
    const { system, prompt } = judgeQuestion(task, answer, spec);
    const judges = spec.scale === null ? spec.items.length : -spec.scale;
    // A signal's listeners are a list that is walked: each question has a signal of its own.
    const own = AbortSignal.any([signal]);
    const reply = await askAbout(
      `judge/${rubric}/${model.name}/${name}`,
      { system, prompt, params: JUDGE_PARAMS, label: { suite, case: id, sample, judges, truth } },
      { kind: 'model', name: `judge ${model.name}`, model },
      own,
      own,
    );
    if (reply.kind !== 'completion') return null;
    const verdict = readVerdict(reply.completion.text, spec);
    return 'problem' in verdict ? null : verdict;
  };
}
