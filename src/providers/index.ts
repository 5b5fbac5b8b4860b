import type { Provider } from './provider.js';

/** Known endpoints: they need no entry in bench.yaml. */
export const knownProviders: readonly Provider[] = [
  openAiCompatible('openrouter', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
  openAiCompatible('openai', 'https://api.openai.com/v1', 'OPENAI_API_KEY'),
  // Mistral answers 422 to stream_options and sends usage with the last chunk unasked.
  { ...openAiCompatible('mistral', 'https://api.mistral.ai/v1', 'MISTRAL_API_KEY'), streamOptions: false },
  openAiCompatible('deepseek', 'https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'),
  openAiCompatible('groq', 'https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
  openAiCompatible('together', 'https://api.together.xyz/v1', 'TOGETHER_API_KEY'),
  openAiCompatible('ollama', 'http://127.0.0.1:11434/v1', null),
  openAiCompatible('llamacpp', 'http://127.0.0.1:8080/v1', null),
  openAiCompatible('vllm', 'http://127.0.0.1:8000/v1', null),
  openAiCompatible('lmstudio', 'http://127.0.0.1:1234/v1', null),
];

function openAiCompatible(name: string, baseUrl: string, apiKeyEnv: string | null): Provider {
  return { name, baseUrl, apiKeyEnv, streamOptions: true };
}
