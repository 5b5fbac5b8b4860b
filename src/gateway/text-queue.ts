/** Texts on their way to a reader that may be slower than whoever writes them. */

export interface TextQueue {
  push(text: string): void;
  /** What is there is all. */
  end(): void;
  /** Resolves once the reader has taken enough of it. */
  room(): Promise<void>;
  pieces(): AsyncIterable<string>;
}

const MOST_QUEUED_CHARS = 256 * 1024;

/** `signal`: the reader has gone. */
export function openTextQueue(signal: AbortSignal): TextQueue {
  let texts: string[] = [];
  let chars = 0;
  let isOver = false;
  let wakeReader = () => {};
  let wakeWriter = () => {};
  signal.addEventListener(
    'abort',
    () => {
      wakeReader();
      wakeWriter();
    },
    { once: true },
  );
  return {
    push(text) {
      if (text === '') return;
      texts.push(text);
      chars += text.length;
      wakeReader();
    },
    end() {
      isOver = true;
      wakeReader();
    },
    async room() {
      while (chars > MOST_QUEUED_CHARS && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wakeWriter = resolve;
        });
      }
    },
    async *pieces() {
      while (!signal.aborted) {
        if (texts.length > 0) {
          const text = texts.join('');
          texts = [];
          chars = 0;
          wakeWriter();
          yield text;
        } else if (isOver) return;
        else {
          await new Promise<void>((resolve) => {
            wakeReader = resolve;
          });
        }
      }
    },
  };
}
