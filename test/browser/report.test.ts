/** report.html in a real Chromium: it opens from disk without an error, nothing hostile runs, and everyone can read it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { html } from '../../src/reports/html/page.js';
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
    const boxes = await page
      .locator('#latency text.label')
      .evaluateAll((labels) =>
        labels.map((label) => label.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]),
      );
    const overlapping = boxes.filter(([top = 0], at) =>
      boxes.some(([, bottom = 0], other) => other < at && top < bottom - 3 && top > (boxes[other]?.[0] ?? 0)),
    );
    expect(overlapping).toEqual([]);
    await close();
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
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

  it('runs nothing that names and answers bring, and sends nothing', async () => {
    for (const [at, text] of hostileTexts.entries()) {
      const file = written(`hostile-${at}.html`, html.render(await reported(text, text)));
      const { page, complaints, requests, close } = await opened(file);
      expect(complaints, text.slice(0, 60)).toEqual([]);
      expect(requests).toEqual([`file://${file}`]);
      expect(await page.evaluate('window.hostile ?? null')).toBeNull();
      expect(await page.locator('script, img, iframe, link, a, body *[onload]').count()).toBe(0);
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
});
