/** The last comparison of a generation with the source, as the ledger has it. */
import type { Verification } from "../../metrics/copy-report.ts";
import type { State } from "../state.ts";

/** So many entries are looked through: a generation is verified nightly. */
const entriesMax = 20;

export function lastVerification(state: Pick<State, "ledger">, generation: number): Verification | undefined {
  for (const entry of state.ledger({ kind: "verify", last: entriesMax }).toSorted((a, b) => b.id - a.id)) {
    // eslint-disable-next-line -- written by Service
    const body = entry.body as unknown as { readonly mode: string; readonly generation: number; readonly tables: Verification["tables"] };
    if (body.generation !== generation) continue;
    const tables = body.tables.map(({ table, rows, differing }) => ({ table, rows, differing }));
    return { at: new Date(entry.at).toISOString(), mode: body.mode, tables };
  }
  return undefined;
}
