import { Worker } from 'node:worker_threads';
import type { Threads } from './world.js';

export const realThreads: Threads = {
  start(file, memoryMb, { message, ended }) {
    const worker = new Worker(file, {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    let isOver = false;
    const over = (why: string) => {
      if (!isOver) ended(why);
      isOver = true;
    };
    let unanswered = 0;
    worker.on('message', (value) => {
      unanswered -= 1;
      if (unanswered === 0) worker.unref();
      message(value);
    });
    worker.on('error', (error) => over(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => over(`the thread ended with ${code}`));
    // A thread that has nothing to do keeps no process alive.
    worker.unref();
    return {
      post(value) {
        unanswered += 1;
        worker.ref();
        worker.postMessage(value);
      },
      async end() {
        isOver = true;
        await worker.terminate();
      },
    };
  },
};
