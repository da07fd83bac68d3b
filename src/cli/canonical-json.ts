/** Canonical JSON (RFC 8785) for the ledger: one text for one meaning, so that a hash over it can be checked by anyone. */
import { createHash } from "node:crypto";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * RFC 8785, 3.2.2: primitives as ECMAScript writes them; 3.2.3: members sorted by UTF-16 code units, which is how `sort` compares.
 * Numbers must be finite.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((one: Json) => canonicalJson(one)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error("bug: a number that JSON does not know");
  return JSON.stringify(value);
}

/** Hash of a ledger row over the row before it: SHA-256, hexadecimal. */
export function ledgerHash(row: { readonly previous: string; readonly at: number; readonly kind: string; readonly body: string }): string {
  return createHash("sha256").update(`${row.previous}\n${row.at}\n${row.kind}\n${row.body}`).digest("hex");
}
