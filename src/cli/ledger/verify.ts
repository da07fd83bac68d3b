/** Verifies an export of the ledger, byte by byte, with nothing but the file, the log's public key and the checkpoint that one kept oneself. */
import type { Hash } from "../../lib/merkle.ts";
import { leafHash, rootHash } from "../../lib/merkle.ts";
import type { Json } from "../canonical-json.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { openCheckpoint, readCheckpoint } from "./checkpoint.ts";
import { headOf } from "./export.ts";
import type { VerifierKey } from "./note.ts";

/** `faulty`: something was changed. `unproven`: it holds together, but nobody has said whose key it is. */
export type Outcome = "whole" | "faulty" | "unproven";

export interface Verification {
  readonly outcome: Outcome;
  readonly entries: number;
  /** The checkpoint's own; undefined: there is none that can be read. */
  readonly checkpoint: Checkpoint | undefined;
  /** The checkpoint as it is signed, to be kept for the next time. */
  readonly note: string | undefined;
  /** Where, and what; of many the first. */
  readonly faults: readonly string[];
}

const faultsMax = 20;

/** `known`: the signed checkpoint that one kept from before: what it covers must be the beginning of this export. */
export function verifyExport(
  file: Uint8Array,
  { key, known }: { readonly key: VerifierKey | undefined; readonly known?: string | undefined },
): Verification {
  const { whole: lines, rest } = linesOf(file);
  const note = noteOf(lines.at(-1));
  const checkpoint = note === undefined ? undefined : readCheckpoint(note)?.checkpoint;
  const entries = lines.slice(1, checkpoint === undefined ? undefined : -1);
  const leaves = entries.map(leafHash);
  const faults = [
    ...(rest > 0 ? ["The file does not end with a whole line."] : []),
    ...(note === undefined || checkpoint === undefined
      ? [`Line ${lines.length}: no signed checkpoint.`]
      : againstCheckpoint({ head: lines[0], note, checkpoint, key, leaves, line: lines.length })),
    ...entries.flatMap((line, i) => {
      const wrong = wrongIn(line, i + 1);
      return wrong === undefined ? [] : [`Line ${i + 2}: ${wrong}`];
    }),
    ...(known === undefined ? [] : againstKnown({ known, key, leaves, origin: checkpoint?.origin })),
  ];
  return {
    outcome: faults.length > 0 ? "faulty" : key === undefined ? "unproven" : "whole",
    entries: leaves.length,
    checkpoint,
    note,
    faults: faults.slice(0, faultsMax),
  };
}

function againstCheckpoint(options: {
  readonly head: Uint8Array | undefined;
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly key: VerifierKey | undefined;
  readonly leaves: readonly Hash[];
  readonly line: number;
}): readonly string[] {
  const { head, note, checkpoint, key, leaves, line } = options;
  const isHead = head !== undefined && textOf(head) === headOf(checkpoint.origin);
  const isSigned = key === undefined || openCheckpoint(note, key) !== undefined;
  return [
    ...(isHead ? [] : ["Line 1: not the head of an export of this log."]),
    ...(isSigned ? [] : [`Line ${line}: the checkpoint is not signed by the key that was named.`]),
    ...(checkpoint.size !== leaves.length
      ? [`The checkpoint is over ${checkpoint.size} entries, the file has ${leaves.length}: some are missing, or are too many.`]
      : isEqual(rootHash(leaves), checkpoint.root)
        ? []
        : ["The entries are not those that the checkpoint was signed over."]),
  ];
}

function againstKnown(options: {
  readonly known: string;
  readonly key: VerifierKey | undefined;
  readonly leaves: readonly Hash[];
  readonly origin: string | undefined;
}): readonly string[] {
  const { known, key, leaves, origin } = options;
  const before = key === undefined ? readCheckpoint(known)?.checkpoint : openCheckpoint(known, key);
  if (before === undefined) return ["The checkpoint that was kept is not signed by this key."];
  if (before.origin !== origin) return ["The checkpoint that was kept is of another log."];
  if (before.size > leaves.length)
    return [`The checkpoint that was kept is over ${before.size} entries: this export is older, or was cut.`];
  if (!isEqual(rootHash(leaves.slice(0, before.size)), before.root))
    return [`The first ${before.size} entries are not those of the checkpoint that was kept: the log was rewritten.`];
  return [];
}

function wrongIn(line: Uint8Array, id: number): string | undefined {
  const value = jsonOf(line);
  if (value === undefined) return "not canonical JSON.";
  if (!isRecord(value)) return "no entry.";
  const names = Object.keys(value).toSorted().join();
  if (names !== "at,body,id,kind" || !Number.isSafeInteger(value["at"]) || typeof value["kind"] !== "string") return "no entry.";
  return value["id"] === id ? undefined : `its number is not ${id}: an entry is missing, doubled or out of its place.`;
}

function noteOf(line: Uint8Array | undefined): string | undefined {
  const value = line === undefined ? undefined : jsonOf(line);
  return isRecord(value) && Object.keys(value).join() === "checkpoint" && typeof value["checkpoint"] === "string"
    ? value["checkpoint"]
    : undefined;
}

/** Only what is written as we write it: another text of the same meaning is another text. */
function jsonOf(line: Uint8Array): Json | undefined {
  const text = textOf(line);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json; // eslint-disable-line -- whatever JSON there is
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(line: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return undefined;
  }
}

function isRecord(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `rest`: bytes after the last newline. */
function linesOf(file: Uint8Array): { readonly whole: readonly Uint8Array[]; readonly rest: number } {
  const whole: Uint8Array[] = [];
  let at = 0;
  for (let end = file.indexOf(0x0a); end !== -1; end = file.indexOf(0x0a, at)) {
    whole.push(file.subarray(at, end));
    at = end + 1;
  }
  return { whole, rest: file.length - at };
}

function isEqual(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0;
}
