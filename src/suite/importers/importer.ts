import type { Checked } from '../../domain/errors/diagnostic.js';
import type { Json } from '../../domain/value.js';

/** A suite as it will be written: its keys are those of the suite format. */
export interface ImportedSuite {
  readonly name: string;
  /** Names the source and its licence. */
  readonly description: string;
  /** Where its answers must run; absent: anywhere. */
  readonly sandbox?: 'native';
  /** Beside the six; absent: none. */
  readonly categories?: readonly string[];
  readonly defaults: Readonly<Record<string, Json>>;
  readonly cases: readonly ImportedCase[];
}

export type ImportedCase = Readonly<Record<string, Json>> & { readonly id: string };

/** A foreign format. It keeps the source's ids, and drops no case silently: what it cannot read is a mistake. */
export interface Importer {
  /** As in `bench import <format>`. */
  readonly format: string;
  readonly read: (bytes: Uint8Array, file: string) => Checked<ImportedSuite>;
}
