/**
 * A day set in the store, written with the rows that it follows: for each day its words, and signed changes beside them that are few.
 * `days_<set>`: day, place (of 64 bits), bits. `day_changes_<set>`: day, ref, sign (1 came, -1 went).
 */
import { id } from "../../layout.ts";
import type { ApplyContext } from "../apply.ts";
import type { Column, Connection } from "../engine.ts";
import { appendColumns } from "../tables.ts";
import type { RefSet } from "../../ref-set.ts";
import { RefCollector } from "../../ref-set.ts";

type Context = Pick<ApplyContext, "connection" | "pacer">;

const daysTable = (set: string): string => id(`days_${set}`);
const dayChangesTable = (set: string): string => id(`day_changes_${set}`);

/** Of a set that is not declared any more, or with another meaning. */
export async function dropDays(connection: Connection, name: string): Promise<void> {
  await connection.run(`DROP TABLE IF EXISTS ${daysTable(name)}`);
  await connection.run(`DROP TABLE IF EXISTS ${dayChangesTable(name)}`);
}

export class StoredDays {
  readonly #words: string;
  readonly #changes: string;
  /** By day: rows of changes, the open transaction's included. */
  readonly #logged = new Map<number, number>();

  constructor(name: string) {
    this.#words = daysTable(name);
    this.#changes = dayChangesTable(name);
  }

  async create(connection: Connection): Promise<void> {
    await connection.run(`CREATE TABLE IF NOT EXISTS ${this.#words} (day INTEGER, place INTEGER, bits BIGINT)`);
    await connection.run(`CREATE TABLE IF NOT EXISTS ${this.#changes} (day INTEGER, ref INTEGER, sign INTEGER)`);
  }

  logged(day: number): number {
    return this.#logged.get(day) ?? 0;
  }

  loggedDays(): readonly number[] {
    return [...this.#logged.keys()];
  }

  /** Replaces everything. */
  async writeAll(context: Context, days: ReadonlyMap<number, RefSet>): Promise<void> {
    await context.connection.run(`DELETE FROM ${this.#words}`);
    await context.connection.run(`DELETE FROM ${this.#changes}`);
    this.#logged.clear();
    for (const day of [...days.keys()].toSorted((a, b) => a - b)) await this.#append(context, day, days.get(day)!);
  }

  /** Replaces a day. */
  async writeDay(context: Context, day: number, set: RefSet): Promise<void> {
    await context.connection.run(`DELETE FROM ${this.#words} WHERE day = ${day}`);
    if (this.logged(day) > 0) await context.connection.run(`DELETE FROM ${this.#changes} WHERE day = ${day}`);
    this.#logged.delete(day);
    await this.#append(context, day, set);
  }

  async #append({ connection, pacer }: Context, day: number, set: RefSet): Promise<void> {
    const words = set.words();
    const used: number[] = [];
    for (let place = 0; place * 2 < words.length; place += 1)
      if (words[place * 2] !== 0 || (words[place * 2 + 1] ?? 0) !== 0) used.push(place);
    const bits = new Uint32Array(used.length * 2);
    for (const [i, place] of used.entries()) {
      bits[i * 2] = words[place * 2]!;
      bits[i * 2 + 1] = words[place * 2 + 1] ?? 0;
    }
    const columns: Column[] = [
      { data: new Int32Array(used.length).fill(day), nulls: undefined },
      { data: Int32Array.from(used), nulls: undefined },
      { data: new BigInt64Array(bits.buffer), nulls: undefined },
    ];
    await appendColumns(connection, { table: this.#words, layouts: ["i32", "i32", "i64"] }, columns, { rowCount: used.length, pacer });
  }

  async log(
    { connection, pacer }: Context,
    changes: readonly { readonly day: number; readonly added: Int32Array; readonly removed: Int32Array }[],
  ): Promise<void> {
    const rowCount = changes.reduce((sum, { added, removed }) => sum + added.length + removed.length, 0);
    if (rowCount === 0) return;
    const [days, refs, signs] = [new Int32Array(rowCount), new Int32Array(rowCount), new Int32Array(rowCount)];
    let at = 0;
    for (const { day, added, removed } of changes) {
      const count = added.length + removed.length;
      days.fill(day, at, at + count);
      refs.set(added, at);
      refs.set(removed, at + added.length);
      signs.fill(1, at, at + added.length).fill(-1, at + added.length, at + count);
      at += count;
      this.#logged.set(day, this.logged(day) + count);
    }
    const columns = [days, refs, signs].map((data): Column => ({ data, nulls: undefined }));
    await appendColumns(connection, { table: this.#changes, layouts: ["i32", "i32", "i32"] }, columns, { rowCount, pacer });
  }

  async read({ connection, pacer }: Context): Promise<Map<number, RefSet>> {
    const collectors = new Map<number, RefCollector>();
    const of = (day: number): RefCollector => {
      const refs = collectors.get(day) ?? new RefCollector();
      collectors.set(day, refs);
      return refs;
    };
    await connection.scan(
      { sql: `SELECT day, place, bits FROM ${this.#words}`, layouts: ["i32", "i32", "i64"] },
      async ([days, places, bits], rowCount) => {
        const halves = new Int32Array((bits!.data as BigInt64Array).buffer); // eslint-disable-line -- layout i64
        for (let row = 0; row < rowCount; row += 1) {
          const refs = of(Number(days!.data[row]));
          const place = Number(places!.data[row]) * 2;
          for (let half = 0; half < 2; half += 1) if (halves[row * 2 + half] !== 0) refs.addWord(place + half, halves[row * 2 + half]!);
        }
        await pacer.pause();
      },
    );
    const found = new Map([...collectors].map(([day, refs]) => [day, refs.finish()]));
    await this.#readChanges({ connection, pacer }, found);
    for (const [day, set] of found) if (set.count === 0) found.delete(day);
    return found;
  }

  /** Every change turns a bit over, so that the sum of a ref's signs says what is left of them. */
  async #readChanges({ connection, pacer }: Context, found: Map<number, RefSet>): Promise<void> {
    const byDay = new Map<number, { readonly added: number[]; readonly removed: number[] }>();
    const sql = `SELECT day, ref, sum(sign)::INTEGER AS sign, count(*)::INTEGER AS n FROM ${this.#changes} GROUP BY day, ref`;
    await connection.scan({ sql, layouts: ["i32", "i32", "i32", "i32"], whole: true }, async (columns, rowCount) => {
      const [days, refs, signs, counts] = columns.map((one) => one.data as Int32Array); // eslint-disable-line -- layout i32
      for (let row = 0; row < rowCount; row += 1) {
        const day = days![row]!;
        const changes = byDay.get(day) ?? { added: [], removed: [] };
        byDay.set(day, changes);
        this.#logged.set(day, this.logged(day) + counts![row]!);
        if (signs![row]! > 0) changes.added.push(refs![row]!);
        else if (signs![row]! < 0) changes.removed.push(refs![row]!);
      }
      await pacer.pause();
    });
    for (const [day, { added, removed }] of byDay) {
      const set = found.get(day) ?? new RefCollector().finish();
      set.change(Int32Array.from(added), Int32Array.from(removed));
      found.set(day, set);
    }
  }
}
