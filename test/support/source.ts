/**
 * A small source for tests of the source stage: devices, events partitioned by month with key (id, at) and a large text, a reader's
 * role with column grants, a publication with column lists. And the plainest reading of raw columns there is, to compare with.
 */
import { expect } from "vitest";
import type { Lsn } from "../../src/model/lsn.ts";
import { readCatalog } from "../../src/source/catalog-read.ts";
import type { RawChanges, RawColumn, RawEvent, RawRows, SourceTable } from "../../src/source/raw.ts";
import type { Source } from "../../src/source/session.ts";
import { openSource } from "../../src/source/session.ts";
import type { Snapshot } from "../../src/source/snapshot.ts";
import { openSnapshot } from "../../src/source/snapshot.ts";
import type { Stream } from "../../src/source/stream.ts";
import { sourceColumn } from "../../src/source/types.ts";
import { parseSourceUrl } from "../../src/source/url.ts";
import type { TestDatabase } from "./database.ts";
import { freshDatabase } from "./database.ts";

export interface TestSource extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly source: Source;
  readonly admin: Source;
  readonly role: string;
  readonly tables: readonly SourceTable[];
  readonly publications: readonly string[];
  readonly slot: string;
  openSnapshot(options?: Partial<Parameters<typeof openSnapshot>[0]>): Promise<Snapshot>;
}

const schemaSql = `
create table devices (id bigint primary key, model text, activated_at timestamptz, price numeric(10,2), tags jsonb, nickname text, at_day date, token uuid, size real, born int2);
create table events (id bigint, at timestamptz, device_id bigint, ok boolean not null, note text, secret text, primary key (id, at)) partition by range (at);
alter table events alter column note set storage external;
create table events_2026_01 partition of events for values from ('2026-01-01') to ('2026-02-01');
create table events_2026_02 partition of events for values from ('2026-02-01') to ('2026-03-01');
`;

const wished: readonly { readonly table: string; readonly columns: readonly string[] }[] = [
  { table: "devices", columns: ["id", "model", "activated_at", "price", "tags", "at_day", "token", "size", "born"] },
  { table: "events", columns: ["id", "at", "device_id", "ok", "note"] },
];

export async function testSource(): Promise<TestSource> {
  const database = await freshDatabase();
  const role = `reader_${database.name}`;
  await database.query(schemaSql);
  await database.query(`create role ${role} login replication password 'pw'`);
  for (const { table, columns } of wished) await database.query(`grant select (ctid, ${columns.join(", ")}) on ${table} to ${role}`);
  const lists = wished.map(({ table, columns }) => `${table} (${columns.join(", ")})`).join(", ");
  await database.query(`create publication vitrine for table ${lists} with (publish_via_partition_root = true)`);
  const source = openSource({ address: parseSourceUrl(database.urlOf(role, "pw")), applicationName: "vitrine test" });
  const admin = openSource({ address: parseSourceUrl(database.url), applicationName: "vitrine test" });
  const tables = await describe(admin, role);
  const slot = database.slot();
  return {
    database,
    source,
    admin,
    role,
    tables,
    publications: ["vitrine"],
    slot,
    openSnapshot: async (options = {}) =>
      openSnapshot({
        source,
        slot,
        tables,
        publications: ["vitrine"],
        rowSecurityTables: new Set(),
        connections: 2,
        replaceSlot: true,
        onStatus: () => {},
        ...options,
      }),
    async [Symbol.asyncDispose]() {
      await dropSlots(database);
      await database.query(`drop owned by ${role}`);
      await database.query(`drop role ${role}`);
      await database[Symbol.asyncDispose]();
    },
  };
}

/** A slot is busy for a moment after its reader went. */
async function dropSlots(database: TestDatabase): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    await database.query(
      "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database() and not active",
    );
    const left = await database.query("select from pg_replication_slots where database = current_database()");
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function describe(admin: Source, role: string): Promise<readonly SourceTable[]> {
  await using sql = await admin.openSql();
  const catalog = await readCatalog(sql, { tables: wished.map(({ table }) => ({ schema: "public", table })), role });
  return wished.map(({ table, columns }) => {
    const found = catalog.tables.find((one) => one.table === table);
    return {
      name: table,
      schema: "public",
      table,
      appendOnly: false,
      columns: columns.map((name) => {
        const known = sourceColumn(found!.columns.find((one) => one.name === name)!);
        if (known.tag === "refused") throw new Error(known.reason);
        return known.column;
      }),
    };
  });
}

/** The value of one row as a text (as PostgreSQL's own casts in `selectSql` give it), null for NULL, undefined for unchanged TOAST. */
export function valueAt(column: RawColumn, row: number): string | null | undefined {
  if (column.unchanged?.[row] === 1) return undefined;
  if (column.nulls?.[row] === 1) return null;
  switch (column.tag) {
    case "bool":
      return column.data[row] === 1 ? "true" : "false";
    case "i32":
    case "i64":
    case "f64":
    case "micros":
      return String(column.data[row]);
    case "uuid":
      return Buffer.from(column.data.subarray(row * 16, row * 16 + 16)).toString("hex");
    case "bytes":
      return Buffer.from(column.bytes.subarray(column.offsets[row], column.offsets[row + 1])).toString("hex");
  }
}

/** The plainest copy: rows by key. */
export class PlainCopy {
  readonly tables: ReadonlyMap<string, Map<string, (string | null)[]>>;
  readonly #keys: ReadonlyMap<string, readonly number[]>;

  constructor(tables: readonly SourceTable[]) {
    this.tables = new Map(tables.map((table) => [table.name, new Map()]));
    this.#keys = new Map(tables.map((table) => [table.name, table.name === "events" ? [0, 1] : [0]]));
  }

  rows({ table, rowCount, columns }: RawRows): void {
    for (let row = 0; row < rowCount; row += 1) this.#put(table.name, columns, row);
  }

  changes({ table, rowCount, ops, hasOldKey, oldColumns, columns }: RawChanges): void {
    const rows = this.tables.get(table.name)!;
    for (let row = 0; row < rowCount; row += 1) {
      if (ops[row] === 4) rows.clear();
      else if (ops[row] === 3) insist(rows.delete(this.#key(table.name, columns, row)), "a delete of a row that is not there");
      else if (ops[row] === 1) this.#put(table.name, columns, row);
      else {
        const oldKey = this.#key(table.name, hasOldKey[row] === 1 ? oldColumns! : columns, row);
        const old = rows.get(oldKey);
        insist(old !== undefined, "an update of a row that is not there");
        rows.delete(oldKey);
        this.#put(table.name, columns, row, old);
      }
    }
  }

  #key(table: string, columns: readonly RawColumn[], row: number): string {
    return this.#keys
      .get(table)!
      .map((at) => valueAt(columns[at]!, row))
      .join("|");
  }

  #put(table: string, columns: readonly RawColumn[], row: number, old?: readonly (string | null)[]): void {
    const rows = this.tables.get(table)!;
    const key = this.#key(table, columns, row);
    insist(!rows.has(key), `a row of ${table} that is there already`);
    rows.set(
      key,
      columns.map((column, i) => valueAt(column, row) ?? (column.unchanged?.[row] === 1 ? old![i]! : null)),
    );
  }
}

function insist(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

const micros = (expression: string): string => `(extract(epoch from ${expression}) * 1000000)::bigint::text`;
const bytes = (expression: string): string => `encode(${expression}, 'hex')`;

const selectSql: Readonly<Record<string, string>> = {
  devices: `select array[id::text, ${bytes("convert_to(model, 'UTF8')")}, ${micros("activated_at")}, ${bytes("numeric_send(price)")}, ${bytes("jsonb_send(tags)")},
    ${micros("at_day::timestamp")}, replace(token::text, '-', ''), size::float8::text, born::text] as row, id::text as key from devices`,
  events: `select array[id::text, ${micros("at")}, device_id::text, ok::text, ${bytes("convert_to(note, 'UTF8')")}] as row, id || '|' || ${micros("at")} as key from events`,
};

export async function expectEqualToSource(copy: PlainCopy, database: TestDatabase): Promise<void> {
  for (const [name, rows] of copy.tables) {
    const expected = (await database.query(selectSql[name]!)).map((row) => [row["key"], row["row"]]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
  }
}

/** All events up to the heartbeat `nonce`; each commit is acknowledged as a store would. */
export async function readUntil(stream: Stream, nonce: string, onEvent: (event: RawEvent) => void): Promise<Lsn> {
  for (;;) {
    const event = await nextEvent(stream);
    if (event.tag === "heartbeat" && event.nonce === nonce) return event.lsn;
    onEvent(event);
    if (event.tag === "commit" || event.tag === "idle") stream.acknowledge(event.lsn);
  }
}

export async function nextEvent(stream: Stream): Promise<RawEvent> {
  const next = await stream[Symbol.asyncIterator]().next();
  if (next.value === undefined) throw new Error("the stream ended");
  return next.value;
}

export async function mark(database: TestDatabase, nonce: string): Promise<void> {
  await database.query("select pg_logical_emit_message(true, 'vitrine', $1)", [nonce]);
}
