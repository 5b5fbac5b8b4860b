/**
 * Every mistake that `bench` reports, by its stable code: what causes it and how to fix it. docs/reference/errors.md is
 * generated from this table. Codes are never renamed.
 */
interface Explained {
  readonly cause: string;
  readonly fix: string;
}

export const errorCodes = {
  'cli/usage': {
    cause: 'The command or an option does not exist, or an option lacks its value.',
    fix: 'The message names the nearest one; `bench <command> --help` lists all options.',
  },
  'cli/invalid-option': {
    cause: 'An option has a value that it does not take, or two options exclude each other.',
    fix: 'The message names what the option takes. `bench <command> --help` lists all options.',
  },
  'cli/missing-argument': {
    cause: 'The command needs an argument, and none was given.',
    fix: 'Name a suite: a path, or a name that `bench list` shows.',
  },
  'cli/unknown-word': {
    cause: 'The argument takes one of a few words, and this is another.',
    fix: 'The message lists the words.',
  },
  'file/invalid-yaml': {
    cause: 'The file is not valid YAML: indentation, quotes, brackets, tabs or a repeated key.',
    fix: 'Look at the line and the one above it. Quote texts that hold `: ` or begin with a special character.',
  },
  'file/invalid-json': {
    cause: 'A line of a JSON Lines file is not a JSON object.',
    fix: 'Write one JSON object a line.',
  },
  'file/unknown-key': {
    cause: 'The key does not exist at this place of a suite or of bench.yaml.',
    fix: 'Check the spelling and the indentation. `bench schema` prints every key; editors complete them.',
  },
  'file/missing-key': {
    cause: 'A required key is missing.',
    fix: 'Add the key; the message shows an example.',
  },
  'file/invalid-value': {
    cause: 'A key has a value of the wrong kind or out of its range.',
    fix: 'The message says what the key takes.',
  },
  'suite/not-found': {
    cause: 'There is no file of that path, and no shipped suite of that name.',
    fix: 'Check the path, or choose one that `bench list` shows.',
  },
  'suite/not-a-suite': {
    cause: 'The file holds a list or a single value instead of keys.',
    fix: 'Begin with `name:` and `cases:`.',
  },
  'suite/no-cases': {
    cause: 'The suite has no cases, or `cases:` is not a list.',
    fix: 'List cases under `cases:`, or name a file: `cases: { file: cases.jsonl }`.',
  },
  'suite/packages': {
    cause:
      'A Python package of `packages:` cannot be looked up or loaded, or has no wheel that runs in the sandbox.',
    fix: 'Pure Python packages run. Connect once, commit packages.lock.json, or name another index with PIP_INDEX_URL.',
  },
  'suite/include': {
    cause: 'An included file does not exist, or includes itself.',
    fix: 'Paths in `include:` are relative to the file that names them.',
  },
  'suite/file-not-found': {
    cause: 'A suite names a file that does not exist or is not a regular file.',
    fix: 'Paths are relative to the file that names them.',
  },
  'suite/file-outside': {
    cause: "A suite names a file outside the suite's folder.",
    fix: 'Move the file into the folder, or allow it with `--allow-outside`.',
  },
  'suite/duplicate-name': {
    cause: 'Two suites of one run have the same name, so their results could not be distinguished.',
    fix: 'Change `name:` in one of them.',
  },
  'suite/duplicate-case': { cause: 'Two cases have the same id.', fix: 'Give each case an id of its own.' },
  'suite/duplicate-candidate': {
    cause: 'A model or rotation is listed twice.',
    fix: 'Remove one of the entries.',
  },
  'suite/invalid-case': {
    cause: 'A case is not a block of keys, or nothing in it scores the answer.',
    fix: 'Add `table`, `tests` or `checks`; the message names what is missing.',
  },
  'suite/invalid-calibration': {
    cause: 'An entry of `calibration` names no case with a judge, or its labels do not fit the rubric.',
    fix: 'Give one label for each statement of the rubric; with a scale, one rating.',
  },
  'suite/no-calibration': {
    cause: 'The suite has no judge, or no answers with the verdicts of people to measure it by.',
    fix: 'Add `calibration:` with at least 50 labels.',
  },
  'suite/unknown-case': {
    cause: 'A simulated model has an answer to a case that the suite does not have.',
    fix: 'Check the id under `answers:`.',
  },
  'suite/unknown-category': {
    cause: 'A case has no category, or one that is not declared.',
    fix: 'Use one of the six categories, or declare new ones under `categories:`.',
  },
  'suite/unknown-language': {
    cause: 'No sandbox runs this language.',
    fix: 'The message lists the languages.',
  },
  'suite/invalid-tests': {
    cause: 'The tests of a case cannot judge an answer: a syntax error, an undefined name, or no assertion.',
    fix: 'Run `bench validate` on the suite while you fix them.',
  },
  'sandbox/no-native': {
    cause:
      'Cases ask for the native sandbox, and this machine has none, or not the interpreter that it runs.',
    fix: 'Install bubblewrap and the interpreter (Linux), or use `--sandbox wasm`.',
  },
  'suite/needs-more-than-sandbox': {
    cause: 'A case needs a module or a feature that the sandbox does not have.',
    fix: 'Rewrite the case, or leave such cases out with `--skip-unsupported`.',
  },
  'suite/missing-solution': {
    cause: 'The candidate `reference` was chosen, and a case has no `solution`.',
    fix: 'Add `solution:` to the case, or leave the case out.',
  },
  'config/not-found': {
    cause: 'The file that `--config` names does not exist.',
    fix: 'Check the path. Without `--config`, ./bench.yaml is read if it exists.',
  },
  'config/no-env-file': {
    cause: 'The file that `--env-file` names does not exist.',
    fix: 'Check the path. Without `--env-file`, ./.env is read if it exists.',
  },
  'config/unknown-model': {
    cause: 'No model of that name is defined in bench.yaml or the suite.',
    fix: 'Define it under `models:`, or write `provider:model-id`.',
  },
  'config/unknown-rotation': {
    cause: 'No rotation of that name is defined.',
    fix: 'Define it under `rotations:` of bench.yaml or of the suite.',
  },
  'config/unknown-provider': {
    cause: 'The provider is not built in and not defined in bench.yaml.',
    fix: 'Add it under `providers:` with its `base_url`.',
  },
  'config/repeated-model': {
    cause: 'A rotation names a model twice.',
    fix: 'Remove one of them: a model that refuses is not asked again in the same round.',
  },
  'provider/missing-key': {
    cause: 'The environment variable with the API key is not set.',
    fix: 'Set it, or put it into .env. `bench run quickstart` needs no key.',
  },
  'provider/unknown-model': {
    cause: 'The provider does not list a model of this id.',
    fix: 'Check the id; `bench models <provider>` lists what it offers.',
  },
  'run/no-candidates': {
    cause: 'No model was chosen, and the suite names none.',
    fix: 'Choose one with `-m provider:model`, or list `models:` in the suite.',
  },
  'run/no-case-matches': {
    cause: 'The filters leave no case.',
    fix: 'Check `--category` and `--case`; `bench list <suite>` shows the cases.',
  },
  'run/nothing-to-ask': {
    cause: 'Nothing is left for this run: no case failed, or the shard is empty.',
    fix: 'Choose another run with `--only-failed`, or fewer shards.',
  },
  'run/no-stored-answers': {
    cause: 'The stored run has no answers to the planned cases and candidates.',
    fix: 'Name the candidates of the stored run with `-m`, and the suite as it was.',
  },
  'run/unknown-price': {
    cause: '`--max-cost` needs the price of every model.',
    fix: 'Add `price: { input: …, output: … }` to the model in bench.yaml.',
  },
  'run/not-found': {
    cause: 'No run matches, or there are no runs in the folder.',
    fix: '`bench list` shows the runs. `-o` names another folder.',
  },
  'run/ambiguous': { cause: 'Several runs begin with these characters.', fix: 'Write more of the id.' },
  'run/not-a-run': {
    cause: 'The folder has no journal, or the journal has no first line.',
    fix: 'Name a folder that holds trials.jsonl.',
  },
  'run/damaged': {
    cause: 'A line of the journal was changed or cut, so its checksum does not match.',
    fix: 'Restore the file from a copy. A torn last line alone is repaired by `--resume`.',
  },
  'run/locked': { cause: 'Another process writes to this run.', fix: 'Wait for it, or stop it.' },
  'run/cannot-resume': {
    cause: 'Merged runs cannot be resumed.',
    fix: 'Resume the shards, and merge again.',
  },
  'run/too-old': {
    cause: 'An older version wrote the run, without what this command needs.',
    fix: 'Run the suite again.',
  },
  'run/nothing-to-resume': {
    cause: 'Every run in the folder is complete.',
    fix: 'Name a run, or start one.',
  },
  'run/changed': {
    cause: 'The suite, a candidate or a setting changed since the run began.',
    fix: 'Undo the change, or keep what still matches with `--allow-change`.',
  },
  'run/incomplete': {
    cause: 'The run is not complete, so its figures would be biased.',
    fix: 'Resume it with `bench run --resume`, or take it as it is with `--include-partial`.',
  },
  'run/nothing-judged': {
    cause: 'The run has no judged answer.',
    fix: 'Look at the run with `bench show`.',
  },
  'run/no-such-candidate': {
    cause: 'None of the runs measured this candidate.',
    fix: 'The message lists those that were measured.',
  },
  'run/no-such-case': {
    cause: 'The run has no such case.',
    fix: '`bench show <run>` lists its cases.',
  },
  'run/cannot-write': {
    cause: 'The folder or the disk takes no more: a permission, a full disk, or a path that is a file.',
    fix: 'Make room, or name another folder with `-o`. Finished trials are kept; resume with `--resume`.',
  },
  'compare/different-measure': {
    cause: 'The two runs used other suites, scorers, extractions or sandboxes.',
    fix: 'Rescore the older one with `bench rescore`, set a new baseline, or pass `--allow-mismatch`.',
  },
  'compare/no-common-candidate': {
    cause: 'No candidate is in both runs.',
    fix: 'Name the same candidate, or a baseline that has it.',
  },
  'baseline/not-found': {
    cause: 'There is no baseline of that name.',
    fix: '`bench baseline list` shows them.',
  },
  'baseline/invalid': {
    cause: 'The baseline file is damaged, or a newer version wrote it.',
    fix: 'Set it again: `bench baseline set <name> <run>`.',
  },
  'baseline/invalid-name': {
    cause: 'The name of a baseline is a file name.',
    fix: 'Use letters, digits, dots, dashes and underscores.',
  },
  'baseline/already-there': {
    cause: 'The run is in the baseline already.',
    fix: 'Add another run.',
  },
  'baseline/lacks-candidate': {
    cause: 'The run does not have all candidates of the baseline.',
    fix: 'Add a run of the same candidates.',
  },
  'merge/nothing': { cause: 'No run was named.', fix: 'Name the shards.' },
  'merge/different-plan': {
    cause: 'The runs are not shards of one plan.',
    fix: 'Merge only shards of the same suite, candidates and settings.',
  },
  'merge/different-sandbox': {
    cause: 'The shards graded with different sandboxes.',
    fix: 'Run the shards again with one version.',
  },
  'merge/conflict': {
    cause: 'Two shards hold different answers to the same trial.',
    fix: 'Leave one of them out.',
  },
  'document/not-found': { cause: 'The document does not exist.', fix: 'Check the path.' },
  'document/no-marks': {
    cause: 'The document has no marks, or wrong ones, between which the matrix is kept.',
    fix: 'Add the two comment lines that the message shows.',
  },
  'document/not-ours': {
    cause: 'The file exists, and bench did not write it.',
    fix: 'Name another file with `--write`.',
  },
  'serve/nothing-to-serve': {
    cause: 'The configuration has no models and no rotations, or no file is there.',
    fix: 'Add `models:` and `rotations:` to it, or name another file with `--config`.',
  },
  'serve/needs-key': {
    cause:
      'Other machines can reach the address, and no key is asked for; or the variable that should hold the key is not set.',
    fix: 'Set a key in an environment variable and name it with `--key-env`, or listen on 127.0.0.1.',
  },
  'serve/cannot-listen': {
    cause: 'The port is taken by another program, or the address is not one of this machine.',
    fix: 'Choose another with `--port` or `--host`.',
  },
} as const satisfies Readonly<Record<string, Explained>>;

export type ErrorCode = keyof typeof errorCodes;
