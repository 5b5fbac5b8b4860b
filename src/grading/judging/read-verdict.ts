/** A judge's verdict, read strictly: what is not as it was asked for is no verdict, and never a low score. */
import { z } from 'zod';
import { type JudgeSpec, ratingShare } from '../../domain/kinds/judge.js';
import { readableText } from '../extract.js';

/** For each item true or false; with a scale one number from 0 to 1; or why the answer has no verdict. */
export type JudgeVerdict = readonly (boolean | number)[] | { readonly problem: string };

export function readVerdict(text: string, { items, scale }: JudgeSpec): JudgeVerdict {
  const line = lastLine(readableText(text));
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return { problem: `its last line is not a verdict: ${line.slice(0, 80) || 'nothing'}` };
  }
  if (scale === null) {
    const parsed = z.strictObject({ verdict: z.array(z.boolean()).length(items.length) }).safeParse(said);
    return parsed.success
      ? parsed.data.verdict
      : {
          problem: `its verdict is not true or false for each of ${items.length} statements: ${line.slice(0, 80)}`,
        };
  }
  const parsed = z.strictObject({ verdict: z.number().int().min(1).max(scale) }).safeParse(said);
  return parsed.success
    ? [ratingShare(parsed.data.verdict, scale)]
    : { problem: `its verdict is not a whole number from 1 to ${scale}: ${line.slice(0, 80)}` };
}

/** The last line with text; the fence around it does not count. */
function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const line = lines.findLast((one) => one !== '' && !/^(?:```|~~~)\w*$/.test(one)) ?? '';
  return line.replace(/^`+(.*?)`+$/, '$1');
}
