import type { Output, Terminal } from './world.js';

/** The width of tables where there is no terminal to ask. */
const DEFAULT_COLUMNS = 100;

function outputTo(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`| head`) closes the pipe: that is no failure of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => void stream.write(text),
    // One that says it has no width (some pseudo-terminals do) cannot hold a live line: ora never ends drawing there.
    get isTTY() {
      return stream.isTTY === true && stream.columns > 0;
    },
    get columns() {
      return stream.isTTY && stream.columns > 0 ? stream.columns : DEFAULT_COLUMNS;
    },
  };
}

export function realTerminal(): Terminal {
  return {
    stdin: { isTTY: process.stdin.isTTY === true },
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
  };
}
