/**
 * The ledger as a file that anyone can verify without us: a line that names the log, a line an entry, a line with a signed checkpoint. Each
 * is canonical JSON (RFC 8785); an entry's leaf in the Merkle tree is the hash of its line.
 */
import type { KeyObject } from "node:crypto";
import type { Hash } from "../../lib/merkle.ts";
import { Tree, leafHash } from "../../lib/merkle.ts";
import type { Json } from "../canonical-json.ts";
import { canonicalJson } from "../canonical-json.ts";
import { signCheckpoint } from "./checkpoint.ts";

export interface ExportedEntry {
  /** From 1 on, without a gap. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly body: Json;
}

export function headOf(origin: string): string {
  return canonicalJson({ format: "vitrine-ledger", origin, version: 1 });
}

export function lineOf({ id, at, kind, body }: ExportedEntry): string {
  return canonicalJson({ at, body, id, kind });
}

export function leafOf(entry: ExportedEntry): Hash {
  return leafHash(Buffer.from(lineOf(entry), "utf8"));
}

/** The lines of the file, each with its newline. `time` is that of the checkpoint. */
export function* exportLines(options: {
  readonly origin: string;
  readonly entries: Iterable<ExportedEntry>;
  readonly time: string;
  readonly key: KeyObject;
}): Generator<string> {
  const { origin, entries, time, key } = options;
  const tree = new Tree();
  yield `${headOf(origin)}\n`;
  for (const entry of entries) {
    const line = lineOf(entry);
    tree.append(leafHash(Buffer.from(line, "utf8")));
    yield `${line}\n`;
  }
  const note = signCheckpoint({ origin, size: tree.size, root: tree.root(), time }, key);
  yield `${canonicalJson({ checkpoint: note })}\n`;
}
