/**
 * The plainest mirror there can be: applies safe rows and changes one after the other to maps in memory. It stands between policy and
 * the real mirror, so that a difference can be told apart: red here too means that source or policy is wrong, not the store.
 */
import type { DownMessage, SafeChanges, SafeColumn, SafeRows, SafeSchema, SafeTable, SafeValues } from "../../src/policy/safe.ts";
import { ops } from "../../src/policy/safe.ts";
import { otherMark } from "../oracle/description.ts";
import type { NormalRow } from "../oracle/rows.ts";

const firstCode = 3;

export class ModelMirror {
  readonly #schema: SafeSchema;
  readonly #rows = new Map<string, Map<string, NormalRow>>();
  readonly #words = new Map<string, string[]>();
  #unkeyed = 0;

  constructor(schema: SafeSchema) {
    this.#schema = schema;
    for (const table of schema.tables) this.#rows.set(table.name, new Map());
  }

  rows(table: string): readonly NormalRow[] {
    return [...this.#of(table).values()];
  }

  receive(message: DownMessage): void {
    if (message.tag === "rows") this.#load(message);
    else if (message.tag === "changes") for (let row = 0; row < message.rowCount; row += 1) this.#change(message, row);
  }

  #load(message: SafeRows): void {
    this.#learn(message);
    for (let row = 0; row < message.rowCount; row += 1) this.#insert(message, row);
  }

  #change(message: SafeChanges, row: number): void {
    if (row === 0) this.#learn(message);
    const held = this.#of(message.table);
    switch (message.ops[row]) {
      case ops.insert:
        return this.#insert(message, row);
      case ops.remove: {
        if (!held.delete(this.#key(message, row))) throw new Error(`${message.table}: a delete of a row that is not there`);
        return undefined;
      }
      case ops.truncate:
        return held.clear();
      case ops.update: {
        const old = message.hasOldKey[row] === 1 ? this.#oldKey(message, row) : this.#key(message, row);
        const before = held.get(old);
        if (before === undefined) throw new Error(`${message.table}: an update of a row that is not there`);
        held.delete(old);
        held.set(this.#key(message, row), this.#row(message, row, before));
        return undefined;
      }
      default:
        throw new Error("an operation that does not exist");
    }
  }

  #insert(message: SafeRows | SafeChanges, row: number): void {
    const held = this.#of(message.table);
    const key = this.#table(message.table).key === undefined ? `row ${(this.#unkeyed += 1)}` : this.#key(message, row);
    if (held.has(key)) throw new Error(`${message.table}: an insert of a row that is there`);
    held.set(key, this.#row(message, row, undefined));
  }

  #learn(message: SafeRows | SafeChanges): void {
    for (const growth of message.dictionary) {
      const words = this.#words.get(`${message.table}.${growth.column}`) ?? [];
      if (growth.firstCode !== firstCode + words.length) throw new Error(`${message.table}.${growth.column}: words out of order`);
      this.#words.set(`${message.table}.${growth.column}`, [...words, ...growth.values]);
    }
  }

  #row(message: SafeRows | SafeChanges, row: number, before: NormalRow | undefined): NormalRow {
    const { columns } = this.#table(message.table);
    const cells = columns.map((column, index): [string, string | null] => {
      const values = must(message.columns[index]);
      if (values.unchanged?.[row] !== 1) return [column.name, this.#normal(message.table, column, values, row)];
      if (before === undefined) throw new Error(`${message.table}.${column.name}: unchanged in a row that is not there`);
      return [column.name, before[column.name] ?? null];
    });
    return Object.fromEntries(cells);
  }

  #key(message: SafeRows | SafeChanges, row: number): string {
    const table = this.#table(message.table);
    const index = table.columns.findIndex((column) => column.name === table.key);
    return this.#normal(table.name, must(table.columns[index]), must(message.columns[index]), row) ?? "no key";
  }

  #oldKey(message: SafeChanges, row: number): string {
    const table = this.#table(message.table);
    return (
      this.#normal(table.name, must(table.columns.find((column) => column.name === table.key)), must(message.oldKeys), row) ?? "no key"
    );
  }

  #normal(table: string, column: SafeColumn, values: SafeValues, row: number): string | null {
    if (values.nulls?.[row] === 1) return null;
    if (column.kind === "token") return Buffer.from((values.data as Uint8Array).subarray(16 * row, 16 * row + 16)).toString("hex");
    const value = must(values.data[row]);
    switch (column.kind) {
      case "bool":
        return value === 1 ? "true" : "false";
      case "code":
        if (value === 0) return null;
        return value === 2 ? otherMark : must(this.#words.get(`${table}.${column.name}`)?.[Number(value) - firstCode]);
      case "i64":
        return column.scale > 0 ? decimal(BigInt(value), column.scale) : String(value);
      default:
        return String(value);
    }
  }

  #table(name: string): SafeTable {
    return must(this.#schema.tables.find((one) => one.name === name));
  }

  #of(table: string): Map<string, NormalRow> {
    return must(this.#rows.get(table));
  }
}

/** A scaled whole number as PostgreSQL prints the numeric. */
export function decimal(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a batch that does not fit its table");
  return value;
}
