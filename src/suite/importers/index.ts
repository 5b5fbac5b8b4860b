import { humaneval } from './humaneval.js';
import type { Importer } from './importer.js';

export const importers: readonly Importer[] = [humaneval];
