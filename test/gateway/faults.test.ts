/** Faults of servers x wires, over real HTTP: no answer is silently shortened, and no text comes twice. */
import { describe, it } from 'vitest';
import { clients } from './clients.js';
import { type Fault, faults } from './faults.js';
import { configFor, type Finishing, says, served, upstreams } from './serving.js';

const NEXT = 'The next model says this.';

async function opened({ script, isSilent }: Fault, finished: Finishing) {
  const behind = await upstreams({ faulty: script, good: says(NEXT) }, finished);
  const { url } = await served(configFor(behind, isSilent ? '500ms' : '10s'), {}, finished);
  return { url, behind };
}

/** In `npm test` every third of them on the two wires that are translated; `npm run test:long` has all on all three. */
const tried = (name: string) =>
  name === 'chat' || process.env['FC_RUNS'] !== undefined ? faults : faults.filter((_, at) => at % 3 === 0);

describe.each(clients)('$name', (client) => {
  it.concurrent.for(tried(client.name))(
    '$name: $comes',
    { timeout: 20_000 },
    async (fault, { expect, onTestFinished }) => {
      const { url, behind } = await opened(fault, onTestFinished);
      const came = await client.ask(url, 'bench', { stream: true });
      const { comes, text = '' } = fault;
      const shown = {
        status: came.status,
        text: came.text,
        isWhole: came.isWhole,
        hasError: came.error !== null,
      };
      switch (comes) {
        case 'next':
          expect(shown).toEqual({ status: 200, text: NEXT, isWhole: true, hasError: false });
          expect(came.model).toBe('good');
          expect(came.headers.get('x-bench-model')).toBe('good');
          expect(came.headers.get('x-bench-attempts')).toMatch(/^faulty:\S+ .*good:200$/);
          break;
        case 'broken':
          expect(shown).toEqual({ status: 200, text, isWhole: false, hasError: true });
          expect(came.headers.get('x-bench-model')).toBe('faulty');
          expect(behind.seen.every(({ body }) => body.model === 'faulty')).toBe(true);
          return;
        case 'whole':
          expect(shown).toEqual({ status: 200, text, isWhole: true, hasError: false });
          expect(came.model).toBe('faulty');
          return;
        case 'refused':
          expect(shown).toEqual({ status: fault.status, text: '', isWhole: false, hasError: true });
          expect(came.error).toContain('temperature is wrong');
          expect(behind.seen).toHaveLength(1);
          return;
        default:
          comes satisfies never;
      }
      // Alone, it has nobody to make up for it.
      const alone = await opened(fault, onTestFinished);
      const failed = await client.ask(alone.url, 'faulty', { stream: true });
      expect(failed.status).toBe(fault.status ?? failed.status);
      expect(failed.status).toBeGreaterThanOrEqual(400);
      expect(failed.error).not.toBeNull();
      expect(failed.headers.get('x-bench-attempts')).toMatch(/^faulty:/);
    },
  );

  it.concurrent.for(tried(client.name))(
    '$name: nothing of it is taken for whole',
    { timeout: 20_000 },
    async (fault, { expect, onTestFinished }) => {
      const { url } = await opened(fault, onTestFinished);
      const came = await client.ask(url, 'bench');
      // Nothing is with the client before the end, so another model makes up for what breaks off, too.
      const { status, text, model } = came;
      switch (fault.comes) {
        case 'next':
        case 'broken':
          expect({ status, text, model }).toEqual({ status: 200, text: NEXT, model: 'good' });
          return;
        case 'whole':
          expect({ status, text, model }).toEqual({ status: 200, text: fault.text, model: 'faulty' });
          return;
        case 'refused':
          expect({ status, text }).toEqual({ status: fault.status, text: '' });
          return;
        default:
          fault.comes satisfies never;
      }
    },
  );
});
