/** Fault scripts of simulated models, as they are written. */
import type { SimulatedFault } from '../domain/candidate.js';
import { parseDurationMs } from '../domain/units.js';
import type { ModelEntry } from './schema.js';

const ms = (text: string) => parseDurationMs(text) ?? 0;

type FaultEntry = NonNullable<ModelEntry['faults']>[number];

export function faultOf({ status, kind, retry_after, share, requests, between }: FaultEntry): SimulatedFault {
  return {
    what:
      kind === undefined
        ? {
            kind: 'status',
            status: status ?? 500,
            retryAfterMs: retry_after === undefined ? null : ms(retry_after),
          }
        : { kind },
    share: share ?? 1,
    requests: requests === undefined ? null : { first: requests[0], last: requests[1] },
    between: between === undefined ? null : { fromMs: ms(between[0]), toMs: ms(between[1]) },
  };
}

/** What is wrong with a script of faults, by its number from 0. */
export function wrongFaults(
  entry: ModelEntry,
): readonly { readonly index: number; readonly message: string; readonly help: string }[] {
  return (entry.faults ?? []).flatMap((fault, index) => {
    const says = (message: string, help: string) => [{ index, message, help }];
    const { status, kind, retry_after, requests, between } = fault;
    if ((status === undefined) === (kind === undefined)) {
      return says(
        'a fault has either a status or a kind',
        'write { status: 502, share: 0.1 } or { kind: cut, share: 0.1 }',
      );
    }
    if (kind !== undefined && retry_after !== undefined) {
      return says(`a fault of kind "${kind}" takes no retry_after`, 'remove it, or add a status');
    }
    if (requests !== undefined && requests[0] > requests[1]) {
      return says(
        `a fault of no request: requests ${requests[0]} to ${requests[1]}`,
        'the first comes first',
      );
    }
    if (between !== undefined && ms(between[0]) >= ms(between[1])) {
      return says(`a fault at no time: between ${between[0]} and ${between[1]}`, 'the earlier comes first');
    }
    return [];
  });
}
