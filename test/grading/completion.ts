import type { Completion } from '../../src/domain/trial.js';

/** An answer that came whole, and nothing else of it is known. */
export const completion = (text: string): Completion => ({
  text,
  reasoning: null,
  finishReason: 'stop',
  servedModel: null,
  servedBy: null,
  usage: { promptTokens: null, completionTokens: null, reasoningTokens: null },
  costUsd: null,
});
