/** The limit for the snapshot: binary COPY of the same columns to nowhere, on one connection of our own protocol code, nothing decoded. */
import type { Source } from "../../src/source/session.ts";

export interface CopyLimit {
  readonly rows: number;
  readonly bytes: number;
  readonly ms: number;
}

/** Copies each statement's rows in turn and throws the bytes away. `statements` are SELECTs. */
export async function copyToNowhere(source: Source, statements: readonly string[]): Promise<CopyLimit> {
  await using raw = await source.openRaw("sql", { statement_timeout: "0", row_security: "on" });
  let rows = 0;
  let bytes = 0;
  const started = performance.now();
  for (const statement of statements) {
    // PostgreSQL sends each row of a COPY in a CopyData frame of its own, beside one for the header and one for the trailer.
    let frames = 0;
    await raw.copyOut(`COPY (${statement}) TO STDOUT (FORMAT binary)`, {
      data(_bytes, start, end) {
        frames += 1;
        bytes += end - start;
      },
      chunkEnd: () => undefined,
    });
    rows += Math.max(0, frames - 1);
  }
  return { rows, bytes, ms: performance.now() - started };
}
