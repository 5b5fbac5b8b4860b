/**
 * BigCodeBench (Zhuo et al. 2024, BigCodeBench: Benchmarking Code Generation with Diverse Function Calls and Complex
 * Instructions; https://github.com/bigcode-project/bigcodebench, Apache-2.0). A record is an instruction, a solution, and
 * `unittest` cases; the code uses packages, files and the network, which the tests replace.
 */
import { z } from 'zod';
import type { Importer } from './importer.js';
import { readRecords } from './records.js';

const record = z.object({
  task_id: z.string().min(1),
  instruct_prompt: z.string(),
  code_prompt: z.string(),
  canonical_solution: z.string(),
  test: z.string(),
  entry_point: z.string().min(1),
});

export const bigcodebench: Importer = {
  format: 'bigcodebench',
  read(bytes, file) {
    const tasks = readRecords(bytes, file, record);
    if (!tasks.ok) return tasks;
    return {
      ok: true,
      value: {
        name: 'bigcodebench',
        description:
          'BigCodeBench: Python functions that use packages, from instructions. From https://github.com/bigcode-project/bigcodebench, Apache-2.0 licence; see Zhuo et al. 2024, BigCodeBench: Benchmarking Code Generation with Diverse Function Calls and Complex Instructions.',
        sandbox: 'native',
        defaults: { category: 'complex', language: 'python', limits: { time: '60s', memory: '2GB' } },
        cases: tasks.value.map((task) => ({
          id: task.task_id,
          prompt: `${task.instruct_prompt.trimEnd()}\n`,
          entry: task.entry_point,
          tests: `${task.test.trim()}\n`,
          solution: `${task.code_prompt.trimEnd()}\n${task.canonical_solution}`,
        })),
      },
    };
  },
};
