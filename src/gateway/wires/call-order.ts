/**
 * Calls of tools in a stream whose items follow each other: the first comes piece by piece, the others whole at the end, for
 * servers may send their pieces in turns.
 */
import type { AddedCall, Answer } from '../answer.js';

export const BROKEN_CALL = 'the pieces of a tool call came apart';

export interface CallOrder {
  /** What of a piece is written now. `isOpen`: whether the item of that call still takes something. */
  now(calls: readonly AddedCall[], isOpen: (at: number) => boolean): readonly AddedCall[];
  /** What is written at the end. */
  rest(answer: Answer): readonly AddedCall[];
  /** Something came for the first call after its item had ended: the call is not whole. */
  isBroken(): boolean;
}

export function openCallOrder(): CallOrder {
  let first: number | null = null;
  let isBroken = false;
  return {
    now(calls, isOpen) {
      return calls.filter((one) => {
        if (first === null) {
          first = one.at;
          return true;
        }
        if (one.at !== first) return false;
        if (isOpen(one.at)) return true;
        isBroken ||= one.call.arguments !== '';
        return false;
      });
    },
    rest: ({ calls }) => calls.flatMap((call, at) => (at === first ? [] : [{ at, call, isNew: true }])),
    isBroken: () => isBroken,
  };
}
