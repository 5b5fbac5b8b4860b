/** Python packages that a suite asks for: looked up on a real server, pinned, kept, and there in the sandbox. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import {
  compareVersions,
  dependenciesIn,
  fulfils,
  parseRequirement,
  wheelFor,
} from '../../src/run/packages/requirement.js';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, summaryIn } from './bench.js';

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crcOf = (bytes: Buffer) =>
  (bytes.reduce((crc, byte) => (CRC[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

/** A zip file whose members are stored as they are. */
function zipOf(members: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(members)) {
    const [path, body] = [Buffer.from(name), Buffer.from(text)];
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crcOf(body), 10);
    fields.writeUInt32LE(body.length, 14);
    fields.writeUInt32LE(body.length, 18);
    fields.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, path, body]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, more, path]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

interface Served {
  readonly filename: string;
  readonly bytes: Buffer;
}

/** `needs`: lines of Requires-Dist. The text of each module has the test's own number, so that no cache knows it. */
function wheel(
  name: string,
  version: string,
  code: string,
  needs: readonly string[] = [],
  tag = 'py3-none-any',
): Served {
  const module = name.replaceAll('-', '_');
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${needs.map((one) => `Requires-Dist: ${one}\n`).join('')}\nText.\n`;
  const info = `${module}-${version}.dist-info`;
  const bytes = zipOf({
    [`${module}/__init__.py`]: `# ${process.pid} ${Date.now()}\n${code}`,
    [`${module}/data/words.txt`]: 'some words',
    [`${info}/METADATA`]: metadata,
  });
  return { filename: `${module}-${version}-${tag}.whl`, bytes };
}

async function serveIndex(wheels: readonly Served[], how: { readonly badHash?: boolean } = {}) {
  const asked: string[] = [];
  const nameOf = ({ filename }: Served) => filename.split('-')[0]?.replaceAll('_', '-') ?? '';
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const [, kind, last = ''] = path.split('/');
    if (kind === 'simple') {
      const own = wheels.filter((one) => nameOf(one) === last);
      if (own.length === 0) return response.writeHead(404).end();
      const files = own.map(({ filename, bytes }) => ({
        filename,
        url: `../../files/${filename}`,
        hashes: {
          sha256: how.badHash === true ? '0'.repeat(64) : createHash('sha256').update(bytes).digest('hex'),
        },
      }));
      return response
        .setHeader('content-type', 'application/vnd.pypi.simple.v1+json')
        .end(JSON.stringify({ files }));
    }
    const found = wheels.find(({ filename }) => last === filename);
    if (found === undefined) return response.writeHead(404).end();
    return response.end(found.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { env: { PIP_INDEX_URL: `http://127.0.0.1:${port}/simple/` }, asked, close };
}

const suite = (packages: string, code: string) => `name: packed
packages: ${packages}
models: [reference, stub]
cases:
  - id: a
    category: simple
    language: python
    prompt: p
    entry: f
    table: [{ args: [2], returns: 42 }]
    solution: |
${code.replaceAll(/^/gm, '      ')}
`;

describe('packages:', () => {
  // With `npm run test:long`: it starts five runs, with a package index of its own.
  it.skipIf(process.env['FC_RUNS'] === undefined)(
    'are found with what they need, pinned by hash, kept, and imported by answers',
    async () => {
      const index = await serveIndex([
        wheel('tiny-math', '1.0', 'def times(x, n): return 0'),
        wheel(
          'tiny-math',
          '1.10',
          'from tiny_dep import N\nfrom importlib import resources\nWORDS = resources.files(__name__).joinpath("data/words.txt").read_text()\ndef times(x): return x * N',
          ['tiny_dep (>=1,<2)', 'not-needed; extra == "more"', 'windows-only; sys_platform == "win32"'],
        ),
        wheel('tiny-math', '2.0a1', 'broken ='),
        wheel('tiny-math', '3.0', 'x', [], 'cp313-cp313-manylinux_2_17_x86_64'),
        wheel('tiny-dep', '1.5', 'N = 21'),
        wheel('tiny-dep', '2.0', 'N = 0'),
      ]);
      const code =
        'from tiny_math import times, WORDS\ndef f(x):\n    return times(x) if WORDS == "some words" else 0';
      const cwd = folderWith({ 'suite.yaml': suite('[tiny-math]', code) });
      const first = await bench(cwd, ['run', 'suite.yaml', '--quiet'], index.env);
      expect(first.code, first.stderr).toBe(0);
      const summary = summaryIn(onlyRun(cwd));
      expect(summary.candidates.map(({ candidate, verdicts }) => [candidate, verdicts.passed])).toEqual([
        ['reference', 1],
        ['stub', 0],
      ]);
      expect(summary.environment.sandboxes['python']).toContain('with tiny-dep 1.5, tiny-math 1.10');
      const lock = JSON.parse(readFileSync(join(cwd, 'packages.lock.json'), 'utf8'));
      expect(
        lock.packages.map(({ name, version }: { name: string; version: string }) => `${name} ${version}`),
      ).toEqual(['tiny-dep 1.5', 'tiny-math 1.10']);
      // The same key in bench.yaml is for every suite.
      writeFileSync(join(cwd, 'bench.yaml'), 'packages: [tiny-math]\n');
      writeFileSync(join(cwd, 'suite.yaml'), suite('[]', code));
      expect((await bench(cwd, ['validate', 'suite.yaml'], index.env)).code).toBe(0);
      // From now on nothing is asked for, and nothing has to be there.
      const before = index.asked.length;
      await index.close();
      const again = await bench(cwd, ['validate', 'suite.yaml'], index.env);
      expect([again.code, index.asked.length]).toEqual([0, before]);
      rmSync(join(cwd, 'bench.yaml'));
      // Other requirements are looked up anew, and without an index that is a sentence.
      writeFileSync(join(cwd, 'suite.yaml'), suite('[tiny-math==1.0]', code));
      const offline = await bench(cwd, ['validate', 'suite.yaml'], index.env);
      expect([offline.code, offline.stderr]).toEqual([
        2,
        expect.stringMatching(/tiny-math\/ cannot be reached/),
      ]);
      expect(offline.stderr).toContain('[suite/packages]');
    },
  );

  test.each([
    ['no wheel that runs here', '[native]', /native has no wheel that runs in the sandbox/],
    ['no such version', '["pure==9"]', /pure==9 has no wheel/],
    ['no such package', '[nowhere]', /simple\/nowhere\/ does not exist/],
    ['no requirement', '["pure ; x"]', /a package is a name, or a name with a version/],
  ])('%s is a mistake before anything is sent', async (_, packages, message) => {
    const index = await serveIndex([
      wheel('native', '1.0', 'x = 1', [], 'cp313-cp313-manylinux_2_17_x86_64'),
      wheel('pure', '1.0', 'x = 1'),
    ]);
    const cwd = folderWith({ 'suite.yaml': suite(packages, 'def f(x):\n    return 42') });
    const { code, stderr } = await bench(cwd, ['run', 'suite.yaml'], index.env);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(join(cwd, 'results'))).toBe(false);
  });

  it('a file with another hash, and a lock that was tampered with, are refused', async () => {
    const cwd = folderWith({ 'suite.yaml': suite('[pure]', 'def f(x):\n    return 42') });
    const index = await serveIndex([wheel('pure', '1.0', 'x = 1')], { badHash: true });
    expect((await bench(cwd, ['validate', 'suite.yaml'], index.env)).stderr).toContain(
      'another hash than it should',
    );
    expect(existsSync(join(cwd, 'packages.lock.json'))).toBe(false);
    writeFileSync(
      join(cwd, 'packages.lock.json'),
      '{"wanted": ["pure"], "packages": [{"name": "pure", "version": "1", "filename": "../x.whl", "url": "x", "sha256": "0"}]}',
    );
    expect((await bench(cwd, ['validate', 'suite.yaml'], index.env)).stderr).toContain('is not a lock file');
    rmSync(join(cwd, 'packages.lock.json'));
  });
});

describe('versions and requirements', () => {
  test('versions are in the order of PEP 440', () => {
    const ordered = ['0.9', '1.0a1', '1.0', '1.0.post1', '1.0.1', '1.2', '1.10', '2.0rc1', '2.0', '10'];
    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered);
    expect(compareVersions('1.0', '1.0.0')).toBe(0);
  });
  test.each([
    ['1.5', '>=1,<2', true],
    ['2.0', '>=1,<2', false],
    ['1.4.9', '~=1.4.2', true],
    ['1.5', '~=1.4.2', false],
    ['1.4', '==1.*', true],
    ['1.4', '!=1.4', false],
    ['1.4.0', '==1.4', true],
  ])('%s %s: %s', (version, range, holds) => {
    expect(fulfils(version, parseRequirement(`x ${range}`)?.specifiers ?? [])).toBe(holds);
  });
  test('dependencies are those of this interpreter', () => {
    const lines = [
      'A-b_C (>=1)',
      'old; python_version < "3.8"',
      'now; python_version >= "3.8" and sys_platform != "win32"',
      'extra; extra == "dev"',
      'either; os_name == "nt" or implementation_name == "cpython"',
      'with[more]>=2,!=2.1',
    ];
    const found = dependenciesIn(
      `Name: x\n${lines.map((line) => `Requires-Dist: ${line}\n`).join('')}\nRequires-Dist: body`,
    );
    expect(found.map(({ name }) => name)).toEqual(['a-b-c', 'now', 'either', 'with']);
  });
  test.each([
    ['x-1.0-py3-none-any.whl', '1.0'],
    ['x-1.0-py2.py3-none-any.whl', '1.0'],
    ['x-1.0-1-cp313-cp313-pyodide_2025_0_wasm32.whl', '1.0'],
    ['x-1.0-cp312-cp312-pyodide_2025_0_wasm32.whl', undefined],
    ['x-1.0-cp313-cp313-manylinux_2_17_x86_64.whl', undefined],
    ['x-1.0.tar.gz', undefined],
  ])('%s runs as %s', (filename, version) => {
    expect(wheelFor(filename)?.version).toBe(version);
  });
});
