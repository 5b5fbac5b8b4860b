import { humaneval } from './humaneval.js';
import type { Importer } from './importer.js';
import { traffic } from './traffic.js';

export const importers: readonly Importer[] = [humaneval, traffic];
