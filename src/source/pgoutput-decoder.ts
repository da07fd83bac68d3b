/**
 * Decodes pgoutput, protocol version 1 with binary values and messages, into column buffers (PostgreSQL manual, "Logical
 * Replication Message Formats"). Whole transactions in commit order come in; `drain` hands over slices by table and a commit mark
 * that may stand for many transactions. Rows of one table keep their order; those of different tables need none inside a batch.
 */
import { VitrineError } from "../model/error.ts";
import type { Lsn } from "../model/lsn.ts";
import { formatLsn, lsnFrom } from "../model/lsn.ts";
import type { ChangeOp } from "./decode/change-buffer.ts";
import { ChangeBuffer, changeOps } from "./decode/change-buffer.ts";
import type { ColumnBuffer } from "./decode/column-buffer.ts";
import type { RelationPlan } from "./decode/relation.ts";
import { planRelation, readRelation } from "./decode/relation.ts";
import type { RawEvent, SourceTable } from "./raw.ts";

const epochMicros = 946_684_800_000_000;
const heartbeatPrefix = "vitrine";
const nonceLengthMax = 128;

interface Landmark {
  readonly lsn: Lsn;
  readonly at: number;
}

interface BoundRelation extends RelationPlan {
  readonly name: string;
  readonly buffer: ChangeBuffer | undefined;
  /** It was said that its rows are dropped. */
  isReported: boolean;
}

export class PgoutputDecoder {
  readonly #tables: readonly SourceTable[];
  readonly #buffers: ReadonlyMap<SourceTable, ChangeBuffer>;
  readonly #relations = new Map<number, BoundRelation>();
  /** Buffers with rows of the open transaction. */
  readonly #touched = new Set<ChangeBuffer>();
  /** Transactions below are skipped; undefined once the first one beyond has come. */
  #from: Lsn | undefined;
  #landmark: Landmark | undefined;
  #inTransaction = false;
  #skipping = false;
  #openChanges = 0;
  #openNonces: string[] = [];
  #notices: RawEvent[] = [];
  #heartbeats: RawEvent[] = [];
  #transactions = 0;
  #changes = 0;
  #commitHigh = 0;
  #commitLow = 0;
  #commitAt = 0;
  #bytes = 0;
  /** Those of whole transactions. */
  #committedBytes = 0;

  /** `landmark`: a commit that must be among those that are skipped; `at` as in the commit mark. */
  constructor(options: { readonly tables: readonly SourceTable[]; readonly from: Lsn; readonly landmark?: Landmark | undefined }) {
    this.#tables = options.tables;
    this.#landmark = options.landmark;
    this.#from = options.from;
    this.#buffers = new Map(options.tables.map((table) => [table, new ChangeBuffer(table)]));
  }

  /** Inside a transaction: nothing may be said about the position beyond the last commit. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** It has not been shown yet that the source is the one that `from` is a position of. */
  get isLookingForLandmark(): boolean {
    return this.#landmark !== undefined;
  }

  /** Size on the wire of what `drain` would hand over or keep. */
  get bytes(): number {
    return this.#bytes;
  }

  /** There is a commit mark (or a notice) to hand over. */
  get hasEvents(): boolean {
    return this.#transactions > 0 || this.#notices.length > 0;
  }

  /** One whole message. Throws source/protocol, source/text-format. */
  push(bytes: Uint8Array, at: number, end: number): void {
    if (at >= end) throw malformed("is empty");
    switch (bytes[at]) {
      case 0x49: // I
        this.#onInsert(bytes, at + 1, end);
        break;
      case 0x55: // U
        this.#onUpdate(bytes, at + 1, end);
        break;
      case 0x44: // D
        this.#onDelete(bytes, at + 1, end);
        break;
      case 0x42: // B
        this.#onBegin(bytes, at + 1, end);
        break;
      case 0x43: // C
        this.#onCommit(bytes, at + 1, end);
        break;
      case 0x52: // R
        this.#onRelation(bytes, at + 1, end);
        break;
      case 0x54: // T
        this.#onTruncate(bytes, at + 1, end);
        break;
      case 0x4d: // M
        this.#onMessage(bytes, at + 1, end);
        break;
      case 0x59: // Y: a type's name
      case 0x4f: // O: the origin of a transaction that was itself replicated
        break;
      default:
        throw malformed("has a kind that is not known");
    }
    this.#bytes += end - at;
    if (!this.#inTransaction) this.#committedBytes = this.#bytes;
  }

  /**
   * Hands over what is whole: slices, one commit mark, heartbeats. With `withOpen` also the slices of the transaction that is
   * still open, after the mark.
   */
  drain(withOpen: boolean): RawEvent[] {
    const events = this.#notices;
    this.#notices = [];
    if (this.#transactions > 0) this.#drainCommitted(events);
    if (withOpen) {
      for (const buffer of this.#buffers.values()) {
        if (buffer.rows > 0) events.push({ tag: "changes", changes: buffer.take(buffer.rows) });
      }
      this.#bytes = 0;
      this.#committedBytes = 0;
    }
    return events;
  }

  #drainCommitted(events: RawEvent[]): void {
    for (const buffer of this.#buffers.values()) {
      if (buffer.committedRows > 0) events.push({ tag: "changes", changes: buffer.take(buffer.committedRows) });
    }
    events.push({
      tag: "commit",
      lsn: lsnOf(this.#commitHigh, this.#commitLow),
      at: this.#commitAt,
      transactions: this.#transactions,
      changes: this.#changes,
    });
    events.push(...this.#heartbeats);
    this.#heartbeats = [];
    this.#transactions = 0;
    this.#changes = 0;
    this.#bytes -= this.#committedBytes;
    this.#committedBytes = 0;
  }

  #onBegin(bytes: Uint8Array, at: number, end: number): void {
    if (end - at !== 20 || this.#inTransaction) throw malformed("begins a transaction wrongly");
    this.#inTransaction = true;
    // The position is the end of a commit record, so a commit record that begins before it is part of the store.
    if (this.#from !== undefined) {
      this.#skipping = lsnAt(bytes, at) < this.#from;
      if (!this.#skipping) this.#from = undefined;
    }
    if (!this.#skipping && this.#landmark !== undefined) throw otherHistory(this.#landmark.lsn);
  }

  #onCommit(bytes: Uint8Array, at: number, end: number): void {
    if (end - at !== 25 || !this.#inTransaction) throw malformed("ends a transaction wrongly");
    this.#inTransaction = false;
    const committedAt = int32(bytes, at + 17) * 4_294_967_296 + uint32(bytes, at + 21) + epochMicros;
    if (this.#skipping) {
      this.#skipping = false;
      if (this.#landmark?.at === committedAt && this.#landmark.lsn === lsnAt(bytes, at + 9)) this.#landmark = undefined;
      return;
    }
    this.#commitHigh = uint32(bytes, at + 9);
    this.#commitLow = uint32(bytes, at + 13);
    this.#commitAt = committedAt;
    this.#transactions += 1;
    this.#changes += this.#openChanges;
    this.#openChanges = 0;
    for (const buffer of this.#touched) buffer.committedRows = buffer.rows;
    this.#touched.clear();
    for (const nonce of this.#openNonces) this.#heartbeats.push({ tag: "heartbeat", lsn: lsnOf(this.#commitHigh, this.#commitLow), nonce });
    if (this.#openNonces.length > 0) this.#openNonces = [];
  }

  #onRelation(bytes: Uint8Array, at: number, end: number): void {
    const relation = readRelation(bytes, at, end);
    const plan = planRelation(relation, this.#tables);
    const name = plan.table?.name ?? `${relation.schema}.${relation.table}`;
    const before = this.#relations.get(relation.oid);
    if (before?.targets !== undefined && plan.targets !== undefined && !isSameOrder(before.targets, plan.targets))
      this.#notice(name, "has its columns in another order: some were renamed to each other");
    this.#relations.set(relation.oid, { ...plan, name, buffer: plan.table && this.#buffers.get(plan.table), isReported: false });
    for (const difference of plan.differences) this.#notice(name, difference);
  }

  #notice(name: string, difference: string): void {
    this.#notices.push({ tag: "relation-changed", table: name, message: `${name} ${difference}.` });
  }

  #onInsert(bytes: Uint8Array, at: number, end: number): void {
    const relation = this.#relation(bytes, at, end);
    if (relation === undefined) return;
    if (bytes[at + 4] !== 0x4e) throw malformed("has an insert without a new row", relation.name);
    const row = this.#row(relation.buffer, changeOps.insert);
    this.#endOfRow(this.#tuple(bytes, at + 5, end, relation, relation.buffer.columns, row), end, relation);
  }

  #onUpdate(bytes: Uint8Array, start: number, end: number): void {
    const relation = this.#relation(bytes, start, end);
    if (relation === undefined) return;
    const row = this.#row(relation.buffer, changeOps.update);
    let at = start + 4;
    // K: the old key, because it changed (or holds unchanged TOAST); O: the whole old row under REPLICA IDENTITY FULL.
    if (bytes[at] === 0x4b || bytes[at] === 0x4f) at = this.#tuple(bytes, at + 1, end, relation, relation.buffer.addOldKey(row), row);
    if (at >= end || bytes[at] !== 0x4e) throw malformed("has an update without a new row", relation.name);
    this.#endOfRow(this.#tuple(bytes, at + 1, end, relation, relation.buffer.columns, row), end, relation);
  }

  #onDelete(bytes: Uint8Array, at: number, end: number): void {
    const relation = this.#relation(bytes, at, end);
    if (relation === undefined) return;
    if (bytes[at + 4] !== 0x4b && bytes[at + 4] !== 0x4f) throw malformed("has a delete without a key", relation.name);
    const row = this.#row(relation.buffer, changeOps.remove);
    this.#endOfRow(this.#tuple(bytes, at + 5, end, relation, relation.buffer.columns, row), end, relation);
  }

  #onTruncate(bytes: Uint8Array, at: number, end: number): void {
    const count = end - at >= 5 ? int32(bytes, at) : -1;
    if (count < 0 || end - at !== 5 + 4 * count) throw malformed("has a truncate that does not parse");
    for (let i = 0; i < count; i += 1) {
      const relation = this.#relation(bytes, at + 5 + 4 * i, end);
      if (relation === undefined) continue;
      const row = this.#row(relation.buffer, changeOps.truncate);
      for (const column of relation.buffer.columns) column.putNull(row);
    }
  }

  /** Logical messages: flags, LSN, prefix, length, content. Only our own transactional ones count. */
  #onMessage(bytes: Uint8Array, at: number, end: number): void {
    const stop = bytes.subarray(0, end).indexOf(0, at + 9);
    if (end - at < 14 || stop === -1 || stop + 5 > end || stop + 5 + int32(bytes, stop + 1) !== end)
      throw malformed("has a logical message that does not parse");
    const transactional = (bytes[at]! & 1) === 1;
    const length = end - stop - 5;
    if (!transactional || this.#skipping || length > nonceLengthMax || ascii(bytes, at + 9, stop) !== heartbeatPrefix) return;
    this.#openNonces.push(ascii(bytes, stop + 5, end));
  }

  /** The relation of a change that is to be decoded; undefined: skipped. */
  #relation(
    bytes: Uint8Array,
    at: number,
    end: number,
  ): (BoundRelation & { readonly buffer: ChangeBuffer; readonly targets: Int32Array }) | undefined {
    if (end - at < 4) throw malformed("is too short");
    if (!this.#inTransaction) throw malformed("has a change outside of a transaction");
    if (this.#skipping) return undefined;
    const relation = this.#relations.get(uint32(bytes, at));
    if (relation === undefined) throw malformed("names a relation that was not described");
    if (relation.buffer === undefined && !relation.isReported) {
      relation.isReported = true;
      this.#notice(relation.name, "is published, but not declared; its rows are dropped unread");
    }
    if (relation.buffer === undefined || relation.targets === undefined) return undefined;
    return relation as BoundRelation & { readonly buffer: ChangeBuffer; readonly targets: Int32Array }; // oxlint-disable-line typescript/no-unsafe-type-assertion -- both were looked at above
  }

  #row(buffer: ChangeBuffer, op: ChangeOp): number {
    this.#touched.add(buffer);
    this.#openChanges += 1;
    return buffer.add(op);
  }

  /** TupleData into row `row`; returns where it ends. */
  #tuple(
    bytes: Uint8Array,
    start: number,
    end: number,
    relation: RelationPlan & { readonly name: string },
    columns: readonly ColumnBuffer[],
    row: number,
  ): number {
    const targets = relation.targets!;
    let at = start + 2;
    if (at > end || ((bytes[start]! << 8) | bytes[start + 1]!) !== targets.length)
      throw malformed("has a row of another width", relation.name);
    for (let i = 0; i < targets.length; i += 1) {
      if (at >= end) throw malformed("has a row that ends early", relation.name);
      const column = targets[i]! < 0 ? undefined : columns[targets[i]!]!;
      const kind = bytes[at];
      at += 1;
      if (kind === 0x6e) column?.putNull(row);
      else if (kind === 0x75) column?.putUnchanged(row);
      else at = putValue({ bytes, at, end, kind, column, row, name: relation.name });
    }
    return at;
  }

  #endOfRow(at: number, end: number, relation: { readonly name: string }): void {
    if (at !== end) throw malformed("goes on after its end", relation.name);
  }
}

/** A value in binary (`b`) or text form (`t`): its length, then its bytes. Returns where it ends. */
function putValue(value: {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
  readonly kind: number | undefined;
  readonly column: ColumnBuffer | undefined;
  readonly row: number;
  readonly name: string;
}): number {
  const { bytes, kind, column, row } = value;
  if (kind !== 0x62 && kind !== 0x74) throw malformed("has a value of a kind that is not known", value.name);
  const length = value.at + 4 <= value.end ? int32(bytes, value.at) : -1;
  const at = value.at + 4;
  if (length < 0 || at + length > value.end) throw malformed("has a value that ends early", value.name);
  if (kind === 0x62) column?.put(bytes, at, length, row);
  else column?.putText(bytes, at, length, row);
  return at + length;
}

/** A table's columns never change places; when names do, values of one column come under the name of another. */
function isSameOrder(before: Int32Array, now: Int32Array): boolean {
  const declared = (targets: Int32Array): readonly number[] => [...targets].filter((target) => target >= 0);
  const order = declared(before);
  const known = new Set(order);
  return declared(now)
    .filter((target) => known.has(target))
    .every((target, i) => target === order[i]);
}

function otherHistory(lsn: Lsn): VitrineError {
  return new VitrineError("source/rewound", {
    message: `The source's log does not have the transaction at ${formatLsn(lsn)} that the copy ends with: an older copy of the source was put in its place, and has been written to.`,
    place: formatLsn(lsn),
  });
}

function malformed(what: string, place?: string): VitrineError {
  return new VitrineError("source/protocol", { message: `A message of the stream ${what}.`, ...(place === undefined ? {} : { place }) });
}

function ascii(bytes: Uint8Array, at: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(at, end));
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function uint32(bytes: Uint8Array, at: number): number {
  return int32(bytes, at) >>> 0;
}

function lsnAt(bytes: Uint8Array, at: number): Lsn {
  return lsnOf(uint32(bytes, at), uint32(bytes, at + 4));
}

function lsnOf(high: number, low: number): Lsn {
  return lsnFrom((BigInt(high) << 32n) | BigInt(low));
}
