/** Which faults change a Python program at all: asked of its own compiler, in the sandbox. */
import { z } from 'zod';
import type { JudgeTools } from '../../domain/grade.js';
import { type Mutation, mutated } from '../../domain/kinds/mutation.js';
import type { Limits } from '../../domain/program.js';

/** Prints a key for each source: equal keys are equal programs; none is an error of syntax. Places in the source are no part of it. */
const KEYS = `
import hashlib, json, sys, warnings

warnings.simplefilter("ignore")

def key(code):
    consts = tuple(key(one) if hasattr(one, "co_code") else (type(one).__name__, repr(one)) for one in code.co_consts)
    return (
        code.co_name, code.co_code, consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars,
        code.co_flags, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_exceptiontable,
    )

keys = []
for source in json.load(sys.stdin):
    try:
        keys.append(hashlib.sha256(repr(key(compile(source, "x", "exec"))).encode()).hexdigest())
    except (SyntaxError, ValueError):
        keys.append(None)
print(json.dumps(keys))
`;

/** Without those that do not compile, compile to what the code does, or to the same as one before. */
export async function distinctInPython(
  code: string,
  mutations: readonly Mutation[],
  limits: Limits,
  tools: Pick<JudgeTools, 'runOnce'>,
): Promise<readonly Mutation[]> {
  const sources = [code, ...mutations.map((mutation) => mutated(code, mutation))];
  const execution = await tools.runOnce({
    kind: 'script',
    language: 'python',
    code: KEYS,
    stdin: JSON.stringify(sources),
    args: [],
    files: {},
    limits: { ...limits, timeMs: Math.max(limits.timeMs, LEAST_TIME_MS) },
  });
  if (execution.kind !== 'ran' || execution.exit !== 0) return mutations;
  const keys = z.array(z.string().nullable()).parse(JSON.parse(execution.stdout));
  const seen = new Set([keys[0]]);
  return mutations.filter((_, at) => {
    const key = keys[at + 1] ?? null;
    const isNew = key !== null && !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

const LEAST_TIME_MS = 10_000;
