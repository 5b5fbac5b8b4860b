/**
 * One thing in many spellings, as servers have been seen to write it. Each table is added to, and no spelling is compared
 * anywhere else.
 */

/** Fields of a message that hold a model's thoughts. */
export const reasoningFields = ['reasoning', 'reasoning_content', 'thinking', 'thought'] as const;

/** Codes that say that what was asked may not be. */
export const moderationCodes =
  /^(content_policy_violation|content_filter|content_filtered|invalid_prompt|data_?inspection_?failed|moderation_blocked|content_blocked|prohibited_content|safety|sensitive_content|input_moderation|responsibleaipolicyviolation|policy_violation|1301)$/i;

/** The same in prose. */
export const moderationWords =
  /content_policy_violation|content management policy|responsibleai|data_inspection_failed|inappropriate content|flagged by (our )?moderation|violat\w+ (our |the )?(usage|content) polic/i;

/** Codes that blame the model's output: what it wrote was no answer. */
export const outputCodes =
  /^(tool_use_failed|tool_call_failed|invalid_tool_call|function_call_failed|malformed_function_call|output_parse_failed)$/i;

/** A prompt that is too long, in each server's words. */
export const contextWords = new RegExp(
  [
    'context_length_exceeded',
    'exceed_context_size',
    'string_above_max_length',
    'maximum context length',
    'available context size',
    'context (length|window|size)[^.]{0,60}exceed',
    'exceeds?[^.]{0,60}context (length|window|size|limit)',
    'longer than the maximum model length',
    'prompt is too long',
    'prompt too long',
    'input (is )?too long',
    'inputs?`? tokens? \\+ `?max_new_tokens`? must be',
    'input (length|tokens?)[^.]{0,60}exceeds?',
    'input token count[^.]{0,60}exceeds?',
    'range of input length',
    'too many (input |prompt )?tokens',
    'reduce the length of the (messages|prompt|input)',
    'too large for model with \\d+ maximum context',
  ].join('|'),
  'i',
);
