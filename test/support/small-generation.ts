/** The small world of the metrics' tests in real stores, fed as a reader would: one store is one generation. */
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import type { CompiledMetrics } from "../../src/metrics/compile.ts";
import type { DuckdbMirror } from "../../src/mirror/duckdb.ts";
import { defaultLimits, openDuckdbMirror } from "../../src/mirror/duckdb.ts";
import { lsnFrom } from "../../src/model/lsn.ts";
import { SafeEncoder } from "./safe.ts";
import type { PlainRow } from "./safe.ts";
import type { World } from "./small-world.ts";
import { schema } from "./small-world.ts";

export interface Generation extends AsyncDisposable {
  readonly mirror: DuckdbMirror;
  /** Applies attempts that are new in the source, at a time in milliseconds, and proves it. */
  insert(attempts: World["attempts"], nowMs: number): Promise<void>;
  /** Closes it and opens what is left. */
  reopen(compiled?: CompiledMetrics): Promise<void>;
}

export interface GenerationOptions {
  readonly folder: string;
  readonly number: number;
  readonly compiled: CompiledMetrics;
  /** What the snapshot finds. Entities come in this order, so that their words have other codes in each generation. */
  readonly world: World;
  /** Time of snapshot and first proof, milliseconds since 1970. */
  readonly nowMs: number;
}

export async function openGeneration({ folder, number, compiled, world, nowMs }: GenerationOptions): Promise<Generation> {
  const open = (cells: CompiledMetrics["cells"]): Promise<DuckdbMirror> =>
    openDuckdbMirror({
      folder: join(folder, `gen-${number}`),
      generation: number,
      cells,
      limits: { ...defaultLimits, tempFolder: join(folder, "temp") },
      clock: systemClock,
    });
  const state = { mirror: await open(compiled.cells), encoder: new SafeEncoder(schema), position: 100 };
  await state.mirror.startFor({ tag: "hello", schema, systemIdentifier: "1", timeline: 1, slot: `vitrine_test_${number}` });
  await state.mirror.receive({ tag: "snapshot-begin", lsn: lsnFrom(100n), at: nowMs * 1000, estimates: {} });
  const devices = world.devices.map(({ ref, account, model, minute }) => ({ id: ref, account_id: account, model, activated_at: minute }));
  const accounts = world.accounts.map(({ ref, country }) => ({ id: ref, country }));
  for (const [table, rows] of Object.entries({ accounts, devices, attempts: attemptRows(world.attempts, 0) })) {
    if (rows.length > 0) await state.mirror.receive(state.encoder.rows(table, rows));
    await state.mirror.receive({ tag: "table-done", table, rowCount: rows.length });
  }
  await state.mirror.receive({ tag: "snapshot-end", lsn: lsnFrom(100n), epoch: "e" });
  const prove = async (atMs: number): Promise<unknown> =>
    state.mirror.receive({ tag: "proven", lsn: lsnFrom(BigInt(state.position)), at: atMs * 1000, epoch: "e" });
  await prove(nowMs);
  return {
    get mirror() {
      return state.mirror;
    },
    async insert(attempts, atMs) {
      const list = attemptRows(attempts, state.position * 1_000).map((row) => ({ tag: "insert" as const, row }));
      state.position += 1;
      await state.mirror.receive(state.encoder.changes("attempts", list));
      const lsn = lsnFrom(BigInt(state.position));
      await state.mirror.receive({ tag: "commit", lsn, at: atMs * 1000, transactions: 1, changes: list.length });
      await prove(atMs);
    },
    async reopen(next = compiled) {
      await state.mirror[Symbol.asyncDispose]();
      state.mirror = await open(next.cells);
      state.encoder = new SafeEncoder(schema);
    },
    [Symbol.asyncDispose]: async () => state.mirror[Symbol.asyncDispose](),
  };
}

function attemptRows(attempts: World["attempts"], firstId: number): readonly PlainRow[] {
  return attempts.map(({ device, minute, ok, retries }, i) => ({ id: firstId + i, device_id: device, at: minute, ok, retries }));
}
