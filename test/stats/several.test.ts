import { describe, expect, it } from 'vitest';
import { holm } from '../../src/stats/several.js';

describe('holm', () => {
  it('is that of R: p.adjust(p, "holm")', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.04])).toEqual([0.04]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
