/** Checkpoints (C2SP tlog-checkpoint): which log, how many entries, what root, and as an extension of ours when it was signed. */
import type { KeyObject } from "node:crypto";
import type { Hash } from "../../lib/merkle.ts";
import type { VerifierKey } from "./note.ts";
import { isSignedBy, readNote, signNote, strictBase64 } from "./note.ts";

export interface Checkpoint {
  /** Name of the log, and of the key that signs for it. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** ISO 8601. */
  readonly time: string;
}

export function signCheckpoint({ origin, size, root, time }: Checkpoint, key: KeyObject): string {
  return signNote(`${origin}\n${size}\n${Buffer.from(root).toString("base64")}\ntime ${time}\n`, origin, key);
}

/** What it says and whose it claims to be, without a look at the signature; undefined: it is no checkpoint of ours. */
export function readCheckpoint(note: string): { readonly checkpoint: Checkpoint; readonly keyId: string } | undefined {
  const read = readNote(note);
  if (read === undefined) return undefined;
  const [, origin = "", size = "", encoded = "", time = ""] =
    /^([^\n]+)\n(0|[1-9]\d{0,14})\n([^\n]+)\ntime (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n$/.exec(read.text) ?? [];
  const root = strictBase64(encoded);
  if (root?.length !== 32 || origin !== read.name) return undefined;
  return { checkpoint: { origin, size: Number(size), root: new Uint8Array(root), time }, keyId: read.id };
}

/** The checkpoint, where this key has signed it. */
export function openCheckpoint(note: string, key: VerifierKey): Checkpoint | undefined {
  return isSignedBy(note, key) ? readCheckpoint(note)?.checkpoint : undefined;
}
