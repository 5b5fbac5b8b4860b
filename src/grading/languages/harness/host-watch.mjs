// Ends a sandbox's process when its host is gone: a host that was killed can kill nobody any more, and a guest in an
// endless loop never looks up. So a thread that runs no guest looks who the parent is.
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const LOOK_EVERY_MS = 250;

/**
 * From the thread that calls it, which must never be busy.
 *
 * @param {number} hostPid
 */
export function watchHostHere(hostPid) {
  setInterval(() => {
    if (process.ppid !== hostPid) process.kill(process.pid, 'SIGKILL');
  }, LOOK_EVERY_MS);
}

/**
 * From a thread of its own.
 *
 * @param {number} hostPid
 */
export function watchHost(hostPid) {
  new Worker(new URL(import.meta.url), { workerData: hostPid }).unref();
}

// A child may have other threads, and they import this too.
if (!isMainThread && typeof workerData === 'number') watchHostHere(workerData);
