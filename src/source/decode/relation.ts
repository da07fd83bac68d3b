/** Relation messages (`R`) against the declaration: what of a row is decoded where, and what differs. */
import { VitrineError } from "../../model/error.ts";
import type { SourceTable } from "../raw.ts";

export interface WireRelation {
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  readonly replicaIdentity: string;
  readonly columns: readonly { readonly name: string; readonly typeOid: number; readonly isKey: boolean }[];
}

export interface RelationPlan {
  readonly table: SourceTable | undefined;
  /** Per column on the wire: its place in SourceTable.columns, or -1. Undefined: rows of this relation are not decoded. */
  readonly targets: Int32Array | undefined;
  /** Public sentences about what differs; empty when nothing does. */
  readonly differences: readonly string[];
}

/** oid, schema, table, identity, columns (PostgreSQL manual, "Logical Replication Message Formats", Relation). */
export function readRelation(bytes: Uint8Array, start: number, end: number): WireRelation {
  const reader = new Reader(bytes, start, end);
  const oid = reader.int32() >>> 0;
  const schema = reader.text();
  const table = reader.text();
  const replicaIdentity = String.fromCharCode(reader.byte());
  const columns = Array.from({ length: reader.int16() }, () => {
    const isKey = (reader.byte() & 1) === 1;
    const name = reader.text();
    const typeOid = reader.int32() >>> 0;
    reader.int32();
    return { name, typeOid, isKey };
  });
  if (!reader.atEnd()) throw malformed();
  return { oid, schema: schema === "" ? "pg_catalog" : schema, table, replicaIdentity, columns };
}

/** Binds a relation to its declaration. */
export function planRelation(relation: WireRelation, tables: readonly SourceTable[]): RelationPlan {
  const table = tables.find((one) => one.schema === relation.schema && one.table === relation.table);
  // Not a difference yet: a partition is described beside its root, whose name its rows go by.
  if (table === undefined) return { table, targets: undefined, differences: [] };
  const targets = new Int32Array(relation.columns.length).fill(-1);
  const differences: string[] = [];
  let usable = true;
  relation.columns.forEach((column, i) => {
    const target = table.columns.findIndex((one) => one.name === column.name);
    const declared = table.columns[target];
    if (declared === undefined) {
      differences.push(`publishes column ${column.name}, which is not declared; it is dropped unread`);
      return;
    }
    targets[i] = target;
    if (column.typeOid !== (declared.wireOid ?? declared.typeOid)) {
      differences.push(`column ${column.name} has another type`);
      usable = false;
    }
  });
  for (const column of table.columns) {
    if (relation.columns.some((one) => one.name === column.name)) continue;
    differences.push(`column ${column.name} is no longer published`);
    usable = false;
  }
  if (relation.replicaIdentity === "f") differences.push("has REPLICA IDENTITY FULL");
  if (relation.replicaIdentity === "n" && !table.appendOnly) differences.push("has REPLICA IDENTITY NOTHING");
  return { table, targets: usable ? targets : undefined, differences };
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#end) throw malformed();
    return at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  int16(): number {
    const at = this.#take(2);
    return (this.#bytes[at]! << 8) | this.#bytes[at + 1]!;
  }

  int32(): number {
    const at = this.#take(4);
    return (this.#bytes[at]! << 24) | (this.#bytes[at + 1]! << 16) | (this.#bytes[at + 2]! << 8) | this.#bytes[at + 3]!;
  }

  text(): string {
    const stop = this.#bytes.subarray(0, this.#end).indexOf(0, this.#at);
    if (stop === -1) throw malformed();
    const text = Buffer.from(this.#bytes.subarray(this.#at, stop)).toString("utf8");
    this.#at = stop + 1;
    return text;
  }

  atEnd(): boolean {
    return this.#at === this.#end;
  }
}

function malformed(): VitrineError {
  return new VitrineError("source/protocol", { message: "A relation message does not parse." });
}
