/**
 * HumanEval (Chen et al. 2021, Evaluating Large Language Models Trained on Code; https://github.com/openai/human-eval,
 * MIT). A record is a signature with its docstring, the body of a solution, and tests that define `check(candidate)`.
 */
import { z } from 'zod';
import type { Importer } from './importer.js';
import { readRecords } from './records.js';

const record = z.object({
  task_id: z.string().min(1),
  prompt: z.string(),
  entry_point: z.string().min(1),
  canonical_solution: z.string(),
  test: z.string(),
});
type HumanEvalTask = z.infer<typeof record>;

export const humaneval: Importer = {
  format: 'humaneval',
  read(bytes, file) {
    const tasks = readRecords(bytes, file, record);
    if (!tasks.ok) return tasks;
    return {
      ok: true,
      value: {
        name: 'humaneval',
        description:
          'HumanEval: Python functions from their signatures and docstrings. From https://github.com/openai/human-eval, MIT licence; see Chen et al. 2021, Evaluating Large Language Models Trained on Code.',
        defaults: { category: 'simple', language: 'python' },
        cases: tasks.value.map(caseOf),
      },
    };
  },
};

function caseOf(task: HumanEvalTask) {
  const above = aboveEntry(task);
  return {
    id: task.task_id,
    prompt: `Complete this Python function. Answer with the whole function, its imports included, in one fenced code block.\n\n\`\`\`python\n${task.prompt.trimEnd()}\n\`\`\`\n`,
    entry: task.entry_point,
    // A published program is the prompt and what completes it: an answer need not repeat what stands above the function.
    ...(above === '' ? {} : { prelude: `${above}\n` }),
    tests: `${task.test.trim()}\n\ncheck(${task.entry_point})\n`,
    solution: `${task.prompt}${task.canonical_solution}`,
  };
}

function aboveEntry({ prompt, entry_point: entry }: HumanEvalTask): string {
  const at = prompt.search(new RegExp(`^(async )?def ${entry}\\b`, 'm'));
  return at <= 0 ? '' : prompt.slice(0, at).trim();
}
