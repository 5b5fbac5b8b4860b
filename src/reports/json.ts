import type { Report } from './report.js';

export const json: Report = {
  kind: 'json',
  file: 'run.json',
  render: (summary) => `${JSON.stringify(summary, null, 2)}\n`,
};
