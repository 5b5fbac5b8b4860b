import { expect, it } from 'vitest';
import { isSameModel } from '../../src/providers/served-model.js';

it.each([
  ['mistralai/mistral-small:free', 'mistral-small', true],
  ['gpt-4o', 'gpt-4o-2024-08-06', true],
  ['mistral-small-latest', 'mistral-small-2503', true],
  ['qwen2.5-coder:latest', 'qwen2.5-coder', true],
  ['deepseek/deepseek-chat-v3.1', 'deepseek-chat-v3.1', true],
  ['qwen3-8b', 'qwen3-8b.gguf', true],
  ['gpt-4o', 'gpt-3.5-turbo', false],
  ['deepseek/deepseek-chat', 'mistral-small', false],
  ['qwen3-8b', 'qwen3-80b', false],
])('%s, served as %s: %s', (asked, served, same) => {
  expect(isSameModel(asked, served)).toBe(same);
});
