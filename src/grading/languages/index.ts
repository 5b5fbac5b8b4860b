import { cpp } from './compiled/cpp.js';
import { go } from './compiled/go.js';
import { java } from './compiled/java.js';
import { rust } from './compiled/rust.js';
import { javascript } from './javascript.js';
import type { Language } from './language.js';
import { python } from './python.js';
import { sql } from './sql.js';
import { typescript } from './typescript.js';

/** Languages that answers can be taken out and run in. */
export const languages: readonly Language[] = [python, javascript, typescript, sql, go, rust, java, cpp];
