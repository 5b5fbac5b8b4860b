/**
 * The pictures of the README and the docs, made from real runs with simulated models: docs/pictures/run.svg (the terminal) and
 * docs/pictures/report.png (the HTML report; needs Chromium). Usage: npm run pictures
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs/pictures');
const MOST_BYTES = 200_000;
const cwd = mkdtempSync(join(tmpdir(), 'bench-pictures-'));
mkdirSync(pictures, { recursive: true });

function bench(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/bench.js'), ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '100', FORCE_COLOR: '1', NO_COLOR: '' },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const COLOURS = {
  31: '#c2352b',
  32: '#1f7a3d',
  33: '#8a6100',
  34: '#0b5fb0',
  35: '#8a3fa0',
  36: '#0e7480',
  90: '#666e78',
};
const CELL = { width: 8.4, height: 19 };
const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[([0-9;]*)m`);

/** A line of the terminal: runs of text with one colour and weight each. */
function runsOf(line) {
  const runs = [];
  let style = { colour: null, isBold: false, isDim: false };
  for (const [index, part] of line.split(ESCAPE).entries()) {
    if (index % 2 === 0) {
      if (part !== '') runs.push({ text: part, ...style });
      continue;
    }
    for (const code of part.split(';').map(Number)) {
      if (code === 0) style = { colour: null, isBold: false, isDim: false };
      else if (code === 1) style = { ...style, isBold: true };
      else if (code === 2) style = { ...style, isDim: true };
      else if (code === 22) style = { ...style, isBold: false, isDim: false };
      else if (code === 39) style = { ...style, colour: null };
      else if (COLOURS[code] !== undefined) style = { ...style, colour: COLOURS[code] };
    }
  }
  return runs;
}

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00a0');

/** Each run is placed by its column, whatever font the reader has. */
function terminalSvg(text, title) {
  const lines = text.trim().split('\n');
  const width = 100 * CELL.width + 32;
  const height = lines.length * CELL.height + 60;
  const rows = lines.map((line, row) => {
    let column = 0;
    return runsOf(line)
      .map(({ text: part, colour, isBold, isDim }) => {
        const x = 16 + column * CELL.width;
        column += [...part].length;
        const fill = colour ?? (isDim ? '#666e78' : '#1a1d21');
        const weight = isBold ? ' font-weight="700"' : '';
        const length = ([...part].length * CELL.width).toFixed(1);
        return `<text x="${x.toFixed(1)}" y="${56 + row * CELL.height}" fill="${fill}"${weight} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(part)}</text>`;
      })
      .join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#fbfbfa" stroke="#d9dde2"/>
<text x="16" y="26" fill="#666e78">$ ${escaped(title)}</text>
${rows.join('\n')}
</svg>
`;
}

function write(name, content) {
  const path = join(pictures, name);
  writeFileSync(path, content);
  const { size } = statSync(path);
  if (size > MOST_BYTES) throw new Error(`${name} has ${size} bytes; at most ${MOST_BYTES}`);
  process.stdout.write(`docs/pictures/${name}  ${size} bytes\n`);
}

async function screenshot(file) {
  const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (path === undefined) {
    process.stdout.write('docs/pictures/report.png is left as it is: there is no Chromium\n');
    return;
  }
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1180 } });
  await page.goto(`file://${file}`);
  write('report.png', await page.screenshot());
  await browser.close();
}

const table = bench('run', 'quickstart');
write('run.svg', terminalSvg(table, 'bench run quickstart'));
bench('run', 'everyday-demo', '--report', 'html=report.html');
await screenshot(join(cwd, 'report.html'));
rmSync(cwd, { recursive: true });
