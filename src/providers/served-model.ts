/**
 * Whether the model that a server says it used is the one that was asked for. Makers, dates, `:free` and `latest` aside:
 * `mistralai/mistral-small:free` may well be served as `mistral-small-2503`.
 */
export function isSameModel(asked: string, served: string): boolean {
  const [a, b] = [bare(asked), bare(served)];
  return a === b || a.startsWith(`${b}-`) || b.startsWith(`${a}-`) || a === '' || b === '';
}

function bare(id: string): string {
  const name = id.toLowerCase().split('/').at(-1) ?? '';
  return name
    .replace(/:(free|beta|extended|nitro|floor|latest)$/, '')
    .replace(/\.gguf$/, '')
    .replace(/-latest$/, '')
    .replace(/[-@](20\d{2}-?\d{2}-?\d{2}|\d{4})$/, '');
}
