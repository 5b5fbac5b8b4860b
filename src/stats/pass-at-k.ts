/**
 * The chance that at least one of `k` answers passes, estimated without bias from `n` answers of which `passed` did:
 * 1 - C(n-passed, k) / C(n, k) (Chen et al., Evaluating Large Language Models Trained on Code, 2021, section 2.1). Null
 * where n < k: there are fewer samples than k, and a smaller k is another question.
 */
export function passAtK(n: number, passed: number, k: number): number | null {
  if (n < k) return null;
  if (n - passed < k) return 1;
  let allFail = 1;
  for (let index = n - passed + 1; index <= n; index++) allFail *= 1 - k / index;
  return 1 - allFail;
}
