import { csv } from './csv.js';
import { github } from './github.js';
import { html } from './html/page.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import type { Report, RunReport } from './report.js';

/** Of `bench matrix --format`. The terminal's table is no file and has its own ways: terminal.ts. */
export const reports: readonly Report[] = [markdown, json, csv];

/** Of `bench run --report`. */
export const runReports: readonly RunReport[] = [
  ...[markdown, csv].map((report) => ({
    ...report,
    render: ({ summary }: Parameters<RunReport['render']>[0]) => report.render(summary),
  })),
  html,
  junit,
  github,
];
