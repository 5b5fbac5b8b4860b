import { bigcodebench } from './bigcodebench.js';
import { humaneval } from './humaneval.js';
import type { Importer } from './importer.js';
import { multiplE } from './multipl-e.js';
import { traffic } from './traffic.js';

export const importers: readonly Importer[] = [humaneval, bigcodebench, multiplE, traffic];
