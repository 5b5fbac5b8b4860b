/** Takes keys out of the texts of an answer piece by piece: each text for itself, for each is put together by itself. */
import type { StreamRedactor } from '../domain/redact.js';
import type { AddedCall, Piece } from './answer.js';

export interface Cleaner {
  clean(piece: Piece): Piece;
  /** The ends of the texts that could have been beginnings of keys. */
  rest(): Piece;
}

export function openCleaner(open: () => StreamRedactor): Cleaner {
  const [content, reasoning, refusal] = [open(), open(), open()];
  const calls: { readonly redactor: StreamRedactor; readonly id: string; readonly name: string }[] = [];
  const cleanCall = ({ at, call, isNew }: AddedCall): AddedCall => {
    const own = calls[at] ?? { redactor: open(), id: call.id, name: call.name };
    calls[at] = own;
    return { at, call: { ...call, arguments: own.redactor.add(call.arguments) }, isNew };
  };
  return {
    clean: (piece) => ({
      content: content.add(piece.content),
      reasoning: reasoning.add(piece.reasoning),
      refusal: refusal.add(piece.refusal),
      calls: piece.calls.map(cleanCall),
    }),
    rest: () => ({
      content: content.rest(),
      reasoning: reasoning.rest(),
      refusal: refusal.rest(),
      calls: calls.flatMap(({ redactor, id, name }, at) => {
        const text = redactor.rest();
        return text === '' ? [] : [{ at, call: { id, name, arguments: text }, isNew: false }];
      }),
    }),
  };
}
