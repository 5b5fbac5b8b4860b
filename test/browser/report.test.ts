/** report.html in a real Chromium: it opens from disk without an error, nothing hostile runs, and everyone can read it. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShownCase } from '../../src/reports/case-view.js';
import { html } from '../../src/reports/html/page.js';
import { trialLine } from '../analysis/run-lines.js';
import { bench } from '../cli/bench.js';
import { hostileTexts } from '../reports/hostile-texts.js';
import { reported } from '../reports/reported.js';
import { folderWith } from '../suite/folder.js';
import { noChromium, openChromium } from './chromium.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Skipped without Chromium: .ci/run installs Debian's.
describe.skipIf(noChromium !== null)('in Chromium', () => {
  let browser: Browser;
  let quickstart = '';
  beforeAll(async () => {
    browser = await openChromium();
    const cwd = folderWith({}, afterAll);
    const run = await bench(cwd, ['run', 'quickstart', '--report', 'html=out/report.html']);
    expect(run.code, run.stderr).toBe(0);
    quickstart = join(cwd, 'out/report.html');
  });
  afterAll(() => browser?.close());

  /** Opened from disk, with all that it complained of and all that it asked for. */
  async function opened(file: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`file://${file}`);
    // The data is unpacked after the page has loaded.
    if (options.javaScriptEnabled !== false && (await page.locator('#data').count()) > 0)
      await page.locator('.filters').waitFor();
    return { page, complaints, requests, close: () => context.close() };
  }

  const written = (name: string, text: string) => join(folderWith({ [name]: text }), name);

  it('opens without a complaint, asks for nothing else, and shows matrix, chart and cases', async () => {
    const { page, complaints, requests, close } = await opened(quickstart);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([`file://${quickstart}`]);
    expect(await page.locator('#matrix tbody tr').count()).toBe(4);
    expect(await page.locator('#cases tbody tr[id]').count()).toBe(12);
    expect(await page.locator('#latency svg.chart').getAttribute('role')).toBe('img');
    expect(await page.locator('#latency .point').count()).toBe(4);
    expect(await page.locator('#times figure.strip').count()).toBe(4);
    expect(await page.locator('[id="rotation/default"] line.answered').count()).toBeGreaterThan(5);
    // Labels of points that are close do not lie on each other.
    const tops = await page
      .locator('#latency text.label')
      .evaluateAll((labels) =>
        labels.map((label) => label.getBoundingClientRect().top).sort((x, y) => x - y),
      );
    for (const [at, top] of tops.slice(1).entries()) expect(top - (tops[at] ?? 0)).toBeGreaterThan(12);
    await close();
  });

  it.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('can be read by everyone, %i px wide, %s', async (width, colorScheme) => {
    const { page, close } = await opened(quickstart, {
      viewport: { width, height: 900 },
      colorScheme,
      // axe is injected; the page's own policy is tried in all other tests.
      bypassCSP: true,
    });
    const isWider = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
    expect(isWider).toBe(false);
    expect(await violationsIn(page)).toEqual([]);
    await close();
  });

  async function violationsIn(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    const found: { violations: { id: string; impact: string; nodes: { html: string }[] }[] } =
      await page.evaluate('axe.run()');
    return found.violations.map(
      ({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 120)}`,
    );
  }

  /** Its prompt, answer, code, checks and requests are all that text. */
  function hostileCase(text: string, name: string): ShownCase {
    const trial = trialLine(name, 'c0', 'failed');
    const check = { name, score: 0, passed: false, required: true, weight: 1, detail: text };
    const attempt = {
      model: name,
      outcome: 'rate_limited',
      status: 429,
      wait_ms: 5,
      total_ms: 9,
      message: text,
    } as const;
    const usage = { prompt_tokens: 1, completion_tokens: 1, reasoning_tokens: null };
    const completion = { text, finish_reason: 'stop', served_model: name, served_by: name, usage };
    const record = { ...trial, answered_by: name, completion, checks: [check], attempts: [attempt, attempt] };
    const asked = {
      type: 'asked',
      suite: 'demo',
      id: 'c0',
      category: 'simple',
      language: name,
      hash: 'h',
      system: text,
      prompt: text,
      entry: null,
    } as const;
    return {
      suite: 'demo',
      id: 'c0',
      category: 'simple',
      asked,
      deferred: [],
      trials: [{ record, simulated: false, code: text }],
    };
  }

  it('runs nothing that names and answers bring, and sends nothing', async () => {
    // A half of them in `npm test`, all with `npm run test:long`; test/reports/html.test.ts has all without a browser.
    const tried = hostileTexts.filter((_, at) => process.env['FC_RUNS'] !== undefined || at % 2 === 1);
    for (const [at, text] of tried.entries()) {
      const name = text.slice(0, 1000);
      const run = { ...(await reported(name, name)), cases: [hostileCase(text, name)] };
      const file = written(`hostile-${at}.html`, html.render(run));
      const { page, complaints, requests, close } = await opened(file);
      expect(complaints, text.slice(0, 60)).toEqual([]);
      expect(requests).toEqual([`file://${file}`]);
      expect(await page.evaluate('window.hostile ?? null')).toBeNull();
      await page.locator('#cases tr[id] button').first().click();
      expect(await page.locator('dialog pre').count()).toBeGreaterThanOrEqual(2);
      await page
        .locator('dialog details')
        .evaluateAll((all) => all.map((one) => one.setAttribute('open', '')));
      expect(await page.evaluate('window.hostile ?? null')).toBeNull();
      // Our own data and script.
      expect(await page.locator('script').count()).toBe(2);
      expect(await page.locator('img, iframe, link, a, body *[onload], body style').count()).toBe(0);
      expect([complaints, requests.length]).toEqual([[], 1]);
      expect(await page.evaluate('document.body.innerText.length')).toBeGreaterThan(500);
      await close();
    }
  });

  it('would be stopped by its policy if anything slipped through', async () => {
    const page = html
      .render(await reported('it is wrong'))
      .replace('</body>', '<script>window.hostile = 1</script></body>');
    const { page: shown, complaints, close } = await opened(written('slipped.html', page));
    expect(await shown.evaluate('window.hostile ?? null')).toBeNull();
    expect(complaints.join('\n')).toContain('Content Security Policy');
    await close();
  });

  describe('a case in full', () => {
    it('opens with its prompt, code and checks, and gives the focus back', async () => {
      const { page, complaints, close } = await opened(quickstart);
      await page.locator('[id="case/free-slots"] button').click();
      const panel = page.locator('dialog');
      expect(await panel.locator('h2').textContent()).toBe('moderate/free-slots');
      expect(await panel.locator('pre.prompt').textContent()).toContain('finds when a meeting room is free');
      expect(await panel.locator('section.trial').count()).toBe(4);
      expect(
        await panel
          .locator('section.trial', { hasText: 'failed' })
          .first()
          .locator('.checks')
          .first()
          .textContent(),
      ).toMatch(/table\[\d+\].*failed.*expected/);
      expect(await panel.locator('pre .tok-keyword').first().textContent()).toBe('def');
      expect(await page.evaluate('location.hash')).toBe('#case/free-slots');
      await page.keyboard.press('Escape');
      expect(await panel.isVisible()).toBe(false);
      // The event of a dialog that closes comes a moment later.
      await expect.poll(() => page.evaluate('location.hash')).toBe('');
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('free-slots');
      expect(complaints).toEqual([]);
      await close();
    });

    it('is reached by keys alone', async () => {
      const { page, close } = await opened(quickstart);
      const open = () => page.locator('dialog h2').textContent();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      expect(await open()).toBe('simple/title-to-slug');
      await page.keyboard.press('k');
      expect(await open()).toBe('simple/parse-duration');
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      expect(await open()).toBe('Keys');
      await page.keyboard.press('Escape');
      await page.keyboard.press('/');
      await page.keyboard.type('jsdoc');
      expect(await page.locator('#cases tbody tr[id]:visible').count()).toBe(1);
      await close();
    });

    // Three runs of its own: in `npm run test:long`; test/reports/html.test.ts has what it is made of.
    it.skipIf(process.env['FC_RUNS'] === undefined)(
      'has a diff of the code beside what the baseline had',
      async () => {
        const config = (quality: number) =>
          `models:\n  m: { provider: simulated, quality: ${quality}, latency: { median: 1s } }\n`;
        const cwd = folderWith({ 'good.yaml': config(1), 'bad.yaml': config(0) });
        const run = ['run', 'quickstart', '-c', 'simple', '-c', 'moderate', '-m', 'm', '--config'];
        expect((await bench(cwd, [...run, 'good.yaml'])).code).toBe(0);
        expect((await bench(cwd, ['baseline', 'set', 'main'])).code).toBe(0);
        const gated = [...run, 'bad.yaml', '--baseline', 'main', '--report', 'html=gated.html'];
        expect((await bench(cwd, gated)).code).not.toBe(2);
        const stored = await bench(cwd, ['report', 'latest', '--baseline', 'main', '-f', 'stored.html']);
        expect(stored.code, stored.stderr).toBe(0);
        for (const name of ['gated.html', 'stored.html']) {
          const { page, complaints, close } = await opened(`${join(cwd, name)}#case/free-slots`);
          expect(await page.locator('#gate h2').textContent()).toContain('Compared with main');
          const trial = page.locator('dialog section.trial');
          expect(await trial.locator('summary').first().textContent()).toContain('main: passed');
          expect(await trial.locator('.diff .removed').count()).toBeGreaterThan(0);
          expect(await trial.locator('.diff .added').count()).toBeGreaterThan(0);
          expect(complaints).toEqual([]);
          await close();
        }
      },
    );

    it('links to the answers of a case where all together are too many for one page', async () => {
      const text = `${hostileTexts[0]} ${'long '.repeat(10_000)}`;
      const cases = Array.from({ length: 210 }, (_, at) => {
        const one = hostileCase(text, 'a');
        return { ...one, id: at === 0 ? 'c0' : `c${at} <b>../x` };
      });
      const run = { ...(await reported('x')), cases };
      const cwd = folderWith({});
      const files = [...(html.beside?.(run, 'my report.html') ?? [])];
      expect(files).toHaveLength(210);
      expect(files[1]?.path).toBe('my report-answers/002-c1-b-x.html');
      mkdirSync(join(cwd, 'my report-answers'));
      for (const { path, text: page } of files.slice(0, 1)) writeFileSync(join(cwd, path), page);
      const file = join(cwd, 'my report.html');
      writeFileSync(file, html.render(run, 'my report.html'));
      expect(statSync(file).size).toBeLessThan(1_000_000);
      const { page, complaints, requests, close } = await opened(file);
      await page.locator('[id="case/c0"] button').click();
      expect(await page.locator('dialog').textContent()).toContain('11 MB of answers');
      await page.locator('dialog a').click();
      expect(await page.locator('h1').textContent()).toBe('simple/c0');
      expect(await page.locator('pre').last().textContent()).toContain('long long');
      expect(await page.evaluate('window.hostile ?? null')).toBeNull();
      expect(complaints).toEqual([]);
      expect(requests.every((url) => url.startsWith('file:'))).toBe(true);
      await close();
    });

    it('has an address of its own, and filters that survive a reload', async () => {
      const { page, close } = await opened(quickstart);
      await page.locator('#filter-category').selectOption('complex');
      await page.locator('#filter-verdict').selectOption('failed');
      const rows = page.locator('#cases tbody tr[id]:visible');
      const shown = await rows.evaluateAll((all) => all.map(({ id }) => id));
      expect(shown.length).toBeGreaterThan(0);
      for (const id of shown) expect(['case/build-order', 'case/parse-csv']).toContain(id);
      await page.reload();
      expect(await rows.evaluateAll((all) => all.map(({ id }) => id))).toEqual(shown);
      expect(await page.locator('#filter-category').inputValue()).toBe('complex');
      await close();
      const linked = await opened(`${quickstart}#case/document-mask`);
      expect(await linked.page.locator('dialog h2').textContent()).toBe('docs/document-mask');
      await linked.close();
    });

    it('is not needed: without scripts all figures are there', async () => {
      const { page, close } = await opened(quickstart, { javaScriptEnabled: false });
      expect(await page.locator('#cases tbody tr[id]').count()).toBe(12);
      expect(await page.locator('#latency .point').count()).toBe(4);
      expect(await page.locator('.filters').count()).toBe(0);
      await close();
    });

    it('can be read by everyone', async () => {
      const { page, close } = await opened(`${quickstart}#case/free-slots`, { bypassCSP: true });
      await page.locator('dialog[open]').waitFor();
      expect(await violationsIn(page)).toEqual([]);
      await close();
    });
  });
});
