/** What a vantage keeps of its watch's ledger: the key that it showed first, and the last checkpoint. Another history does not follow from it. */
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { verifyConsistency } from "../../lib/merkle.ts";
import { openCheckpoint } from "../ledger/checkpoint.ts";
import { parseVerifierKey, strictBase64 } from "../ledger/note.ts";
import { writeSecret } from "../secret-file.ts";

const shape = z.strictObject({ verifier: z.string(), note: z.string(), size: z.number().int().min(0) });

/** `unsigned`: not by the key that was shown first; `shorter`: it covers less than before; `other`: the first entries are not those. */
export type Doubt = "unsigned" | "shorter" | "other";

export class KeptCheckpoint {
  readonly #file: string;
  /** Something is there and says nothing: another history would not be seen to be one. */
  readonly isUnreadable: boolean;
  #kept: z.infer<typeof shape> | undefined;

  constructor(file: string) {
    this.#file = file;
    const read = existsSync(file) ? shape.safeParse(parsed(file)) : undefined;
    this.#kept = read?.success === true ? read.data : undefined;
    this.isUnreadable = read?.success === false;
  }

  /** Entries that the last one covers. */
  get size(): number {
    return this.#kept?.size ?? 0;
  }

  /** Keeps it, where it follows from the last one; in memory at least. Throws cli/credential-unwritable. */
  take({
    verifier,
    note,
    proof,
  }: {
    readonly verifier: string;
    readonly note: string;
    readonly proof: readonly string[];
  }): Doubt | undefined {
    const key = parseVerifierKey(this.#kept?.verifier ?? verifier);
    const now = key && openCheckpoint(note, key);
    if (key === undefined || now === undefined) return "unsigned";
    const before = this.#kept && openCheckpoint(this.#kept.note, key);
    if (before !== undefined) {
      if (now.size < before.size) return "shorter";
      const hashes = proof.map((text) => new Uint8Array(strictBase64(text) ?? []));
      if (!verifyConsistency({ firstSize: before.size, firstRoot: before.root, size: now.size, root: now.root, proof: hashes }))
        return "other";
      // An older one of the same entries says nothing new. Of more entries it does, also after a clock that was ahead.
      if (now.size === before.size && now.time < before.time) return undefined;
    }
    this.#kept = { verifier: this.#kept?.verifier ?? verifier, note, size: now.size };
    writeSecret(this.#file, `${JSON.stringify(this.#kept)}\n`);
    return undefined;
  }
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
