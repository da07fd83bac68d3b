/**
 * The dashboard's files, as the build has left them: `index.html` and the files of `assets/`, read into memory with their Brotli form. What
 * is not in that list does not exist, so no path of a request ever reaches the disk.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { etagOf } from "./etag.ts";

export interface SiteFile {
  readonly media: string;
  readonly body: Buffer;
  readonly brotli: Buffer | undefined;
  readonly etag: string;
}

export interface Site {
  page(): Promise<SiteFile | undefined>;
  asset(name: string): Promise<SiteFile | undefined>;
}

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
};
const fileBytesMax = 2 << 20;
const filesMax = 200;
/** How often the disk is asked whether there is another build. */
const lookEveryMs = 1_000;
const compress = promisify(brotliCompress);

interface Loaded {
  readonly mark: string;
  readonly page: SiteFile | undefined;
  readonly assets: ReadonlyMap<string, SiteFile>;
}
const nothing: Loaded = { mark: "", page: undefined, assets: new Map() };

/** `folder` undefined: there is no dashboard. */
export function openSite(folder: string | undefined, nowMs: () => number): Site {
  let loaded: Promise<Loaded> = Promise.resolve(nothing);
  let lookedAt = Number.NEGATIVE_INFINITY;
  const current = async (): Promise<Loaded> => {
    if (folder !== undefined && nowMs() - lookedAt >= lookEveryMs) {
      lookedAt = nowMs();
      loaded = renew(folder, loaded);
    }
    return loaded;
  };
  return { page: async () => (await current()).page, asset: async (name) => (await current()).assets.get(name) };
}

async function renew(folder: string, before: Promise<Loaded>): Promise<Loaded> {
  const known = await before;
  try {
    const { mtimeMs, size } = await stat(join(folder, "index.html"));
    const mark = `${mtimeMs}/${size}`;
    return mark === known.mark ? known : await load(folder, mark);
  } catch {
    // Not built, or just being built: what was there is shown on.
    return known;
  }
}

async function load(folder: string, mark: string): Promise<Loaded> {
  const page = await readOne(join(folder, "index.html"));
  const assets = new Map<string, SiteFile>();
  const entries = await readdir(join(folder, "assets"), { withFileTypes: true }).catch(() => []);
  for (const entry of entries.slice(0, filesMax)) {
    const file = entry.isFile() ? await readOne(join(folder, "assets", entry.name)) : undefined;
    if (file !== undefined) assets.set(entry.name, file);
  }
  return { mark, page, assets };
}

async function readOne(path: string): Promise<SiteFile | undefined> {
  const media = mediaTypes[extname(path)];
  if (media === undefined || (await stat(path)).size > fileBytesMax) return undefined;
  const body = await readFile(path);
  const isText = /^text|json|svg|javascript/.test(media);
  const brotli = isText ? await compress(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }) : undefined;
  return { media, body, brotli, etag: etagOf(body) };
}
