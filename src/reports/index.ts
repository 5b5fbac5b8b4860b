import { csv } from './csv.js';
import { json } from './json.js';
import { markdown } from './markdown.js';
import type { Report } from './report.js';

/** The terminal's table is no file and has its own ways: terminal.ts. */
export const reports: readonly Report[] = [markdown, json, csv];
