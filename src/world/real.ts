import { randomBytes } from 'node:crypto';
import { realClock } from './clock.js';
import { realFiles } from './files.js';
import { realListener } from './listener.js';
import { realNetwork } from './network.js';
import { realProcesses } from './processes.js';
import { seededRandom } from './random.js';
import { realTerminal } from './terminal.js';
import { realThreads } from './threads.js';
import type { World } from './world.js';

/** The world as it is: built once, by `bin/bench.js`, or for one run of the library, whose signal is its own. */
export function realWorld(signal: AbortSignal | null = null): World {
  const interrupt = new AbortController();
  return {
    clock: realClock,
    random: seededRandom(randomBytes(16).toString('hex')),
    network: realNetwork(process.env),
    listener: realListener,
    files: realFiles,
    processes: realProcesses,
    threads: realThreads,
    terminal: realTerminal(),
    env: process.env,
    cwd: process.cwd(),
    interrupted: signal ?? interrupt.signal,
    heedHangup(act) {
      process.on('SIGHUP', act);
    },
    heedInterrupt() {
      if (signal === null) abortAtSignals(interrupt);
    },
  };
}

function abortAtSignals(interrupt: AbortController): void {
  const stop = (signal: NodeJS.Signals) => {
    // A second one is meant: the default action ends the process at once. Not before the next tick: a spinner's own
    // listener ends the process now if it finds itself alone.
    setImmediate(() => process.off('SIGINT', stop).off('SIGTERM', stop));
    interrupt.abort(new Error(`interrupted by ${signal}`));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}
