/**
 * Looks for known values in bytes, also in the disguises in which they would still be readable: base64, hex, URL-encoded, lower and
 * upper case, UTF-16, pieces of 16 characters, and the plain hashes that a dictionary undoes.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export interface Needle {
  /** `table.column` of the planted value, for the report. */
  readonly name: string;
  readonly value: string;
  /** The value as bytes (a UUID, an address, an integer), where that is something else than its text. */
  readonly raw?: readonly Uint8Array[];
}

export interface Find {
  readonly name: string;
  readonly form: string;
  /** File, or what was searched. */
  readonly where: string;
}

interface Form {
  readonly name: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Shorter pieces are found by chance. */
const pieceLength = 16;
const hashes = ["md5", "sha1", "sha256"] as const;
/** Fewer bytes are found by chance in a few hundred megabytes. */
const shortest = 6;
/** Bytes of one read; the end of each is looked at again with the next. */
const chunkBytes = 4 << 20;

/** All forms of one value. */
function formsOf({ name, value, raw = [] }: Needle): readonly Form[] {
  const plain = Buffer.from(value);
  const forms: (readonly [string, Buffer])[] = [
    ["plain", plain],
    ["lower case", Buffer.from(value.toLowerCase())],
    ["upper case", Buffer.from(value.toUpperCase())],
    ["URL-encoded", Buffer.from(encodeURIComponent(value))],
    ["UTF-16", Buffer.from(value, "utf16le")],
    ["hex", Buffer.from(plain.toString("hex"))],
    ["HEX", Buffer.from(plain.toString("hex").toUpperCase())],
    ...base64Forms(plain),
    ...hashes.flatMap((hash) => hashForms(hash, value)),
    ...pieces(value),
    ...raw.map((bytes) => ["binary", Buffer.from(bytes)] as const),
  ];
  const seen = new Set<string>();
  return forms.flatMap(([form, bytes]) => {
    const key = bytes.toString("latin1");
    if (seen.has(key) || bytes.length < shortest) return [];
    seen.add(key);
    return [{ name, form, bytes }];
  });
}

/** Base64 depends on where the value begins in what was encoded: three ways, without the characters that its neighbours decide. */
function base64Forms(plain: Buffer): readonly (readonly [string, Buffer])[] {
  return [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), plain]);
    const text = whole
      .subarray(0, whole.length - (whole.length % 3))
      .toString("base64")
      .slice(shift === 0 ? 0 : 4);
    return [["base64", Buffer.from(text)] as const, ["base64url", Buffer.from(text.replaceAll("+", "-").replaceAll("/", "_"))] as const];
  });
}

function hashForms(hash: (typeof hashes)[number], value: string): readonly (readonly [string, Buffer])[] {
  const digest = createHash(hash).update(value).digest();
  return [
    [hash, digest],
    [`${hash} hex`, Buffer.from(digest.toString("hex"))],
    [`${hash} base64`, Buffer.from(digest.toString("base64").replaceAll("=", ""))],
  ];
}

/** Overlapping pieces, so that any 31 characters of the value in a row hold one. */
function pieces(value: string): readonly (readonly [string, Buffer])[] {
  const found: (readonly [string, Buffer])[] = [];
  for (let at = 0; at + pieceLength <= value.length; at += 4) found.push(["a piece", Buffer.from(value.slice(at, at + pieceLength))]);
  return found;
}

/** Prepared needles: `search` one buffer, or `searchFiles` all files below a folder. */
export class Searcher {
  readonly #forms: readonly Form[];
  readonly #longest: number;
  bytesSearched = 0;
  filesSearched = 0;

  constructor(needles: readonly Needle[]) {
    this.#forms = needles.flatMap(formsOf);
    this.#longest = Math.max(1, ...this.#forms.map((form) => form.bytes.length));
  }

  get formCount(): number {
    return this.#forms.length;
  }

  search(bytes: Buffer, where: string): readonly Find[] {
    this.bytesSearched += bytes.length;
    return this.#forms.filter((form) => bytes.includes(form.bytes)).map(({ name, form }) => ({ name, form, where }));
  }

  async searchFile(path: string): Promise<readonly Find[]> {
    const finds = new Map<string, Find>();
    let before: Buffer = Buffer.alloc(0);
    this.filesSearched += 1;
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      const bytes = Buffer.concat([before, chunk as Buffer]);
      for (const find of this.search(bytes, path)) finds.set(`${find.name} ${find.form}`, find);
      before = bytes.subarray(Math.max(0, bytes.length - this.#longest + 1));
    }
    return [...finds.values()];
  }

  async searchFiles(folder: string): Promise<readonly Find[]> {
    const finds: Find[] = [];
    for (const path of await filesBelow(folder)) finds.push(...(await this.searchFile(path)));
    return finds;
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) paths.push(path);
  }
  return paths;
}
