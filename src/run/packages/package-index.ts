/** The package index: which wheels there are of a package (PEP 691), and their bytes. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { within } from '../../world/deadline.js';
import type { World } from '../../world/world.js';

export interface IndexFile {
  readonly filename: string;
  readonly url: string;
  readonly sha256: string;
}

/** What could not be had, in a sentence. */
export class IndexError extends Error {}

export interface PackageIndex {
  /** Rejects with an IndexError. */
  list(name: string): Promise<readonly IndexFile[]>;
  /** The file's bytes, whose hash is the one that was listed. */
  download(file: IndexFile): Promise<Uint8Array>;
}

const LIMIT_MS = 60_000;
const LARGEST_BYTES = 64 * 1024 * 1024;
const MOST_REDIRECTS = 5;

const listSchema = z.object({
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.object({ sha256: z.string().optional() }),
      yanked: z.union([z.boolean(), z.string()]).optional(),
    }),
  ),
});

export function openPackageIndex(
  base: string,
  { clock, network, interrupted }: Pick<World, 'clock' | 'network' | 'interrupted'>,
): PackageIndex {
  async function get(url: string, accept: string, left = MOST_REDIRECTS): Promise<Buffer> {
    const asked = await within(clock, LIMIT_MS, interrupted, async (signal) => {
      const response = await network.request({ method: 'GET', url, headers: { accept }, body: null, signal });
      const pieces: Uint8Array[] = [];
      let bytes = 0;
      for await (const piece of response.body) {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes > LARGEST_BYTES) throw new IndexError(`${url} is larger than 64 MB`);
      }
      return { status: response.status, headers: response.headers, body: Buffer.concat(pieces) };
    }).catch((error: unknown) => {
      if (error instanceof IndexError) throw error;
      throw new IndexError(`${url} cannot be reached: ${error instanceof Error ? error.message : error}`);
    });
    const target = asked.headers['location'];
    if (asked.status >= 300 && asked.status < 400 && target !== undefined && left > 0)
      return get(new URL(target, url).href, accept, left - 1);
    if (asked.status === 404) throw new IndexError(`${url} does not exist`);
    if (asked.status !== 200) throw new IndexError(`${url} answers with status ${asked.status}`);
    return asked.body;
  }

  return {
    async list(name) {
      const url = `${base.replace(/\/+$/, '')}/${name}/`;
      const body = await get(url, 'application/vnd.pypi.simple.v1+json');
      const read = listSchema.safeParse(jsonOf(body));
      if (!read.success) throw new IndexError(`${url} is not a package index in JSON (PEP 691)`);
      return read.data.files.flatMap(({ filename, url: at, hashes, yanked }) =>
        hashes.sha256 === undefined || (yanked !== undefined && yanked !== false)
          ? []
          : {
              filename,
              url: new URL(at, url).href,
              sha256: hashes.sha256,
            },
      );
    },
    async download({ url, sha256 }) {
      const bytes = await get(url, '*/*');
      const found = createHash('sha256').update(bytes).digest('hex');
      if (found !== sha256) throw new IndexError(`${url} has another hash than it should: ${found}`);
      return bytes;
    },
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
