/** The thread that reads answers: requests come in, replies go out, one after the other. */
import { parentPort } from 'node:worker_threads';
import { answerTo, type ReadRequest } from './reader.js';

parentPort?.on('message', ({ id, request }: { readonly id: number; readonly request: ReadRequest }) => {
  try {
    parentPort?.postMessage({ id, value: answerTo(request) });
  } catch (error) {
    parentPort?.postMessage({
      id,
      problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
