/** How many rows there are of each ref: a member has at least one. Exact under every change; seen with the commit; after a restart counted anew. */
import { must } from "../../../lib/assert.ts";
import { VitrineError } from "../../../model/error.ts";
import { eachBit } from "../../bits.ts";
import type { MemberSetSpec } from "../../cuboid.ts";
import type { ApplyContext } from "../apply.ts";
import type { RowBatch } from "../evaluate.ts";
import type { SetRows } from "./set-rows.ts";

/** Refs that one transaction changes from which all rows are counted anew. */
const changedMax = 200_000;

export class MemberSet {
  readonly spec: MemberSetSpec;
  readonly rows: SetRows;
  #counts = new Counts();
  #building: Counts | undefined;
  /** Of the open transaction: signed numbers of rows by ref; or all counts anew. */
  #changes = new Map<number, number>();
  #replaced: Counts | undefined;
  stale = false;

  constructor(spec: MemberSetSpec, rows: SetRows) {
    this.spec = spec;
    this.rows = rows;
  }

  has(ref: number): boolean {
    return this.#counts.of(ref) > 0;
  }

  /** Rows of a ref. */
  countOf(ref: number): number {
    return this.#counts.of(ref);
  }

  each(take: (ref: number) => void): void {
    eachBit(this.#counts.words, take);
  }

  words(): Uint32Array {
    return this.#counts.words;
  }

  get bytes(): number {
    return this.#counts.bytes;
  }

  startBuild(): void {
    this.#building = new Counts();
  }

  build(batch: RowBatch): void {
    const counts = must(this.#building, "a build");
    this.rows.each(batch, (ref) => counts.add(ref, 1));
  }

  finishBuild(): void {
    this.#counts = must(this.#building, "a build");
    this.#building = undefined;
  }

  async rebuild(context: ApplyContext): Promise<void> {
    this.startBuild();
    await this.rows.scan(context, "true", (batch) => this.build(batch));
    this.finishBuild();
  }

  take(removed: readonly RowBatch[], added: readonly RowBatch[]): void {
    if (this.stale) return;
    const count = (batch: RowBatch, sign: number): void =>
      this.rows.each(batch, (ref) => void this.#changes.set(ref, (this.#changes.get(ref) ?? 0) + sign));
    for (const batch of removed) count(batch, -1);
    for (const batch of added) count(batch, 1);
    if (this.#changes.size <= changedMax) return;
    this.stale = true;
    this.#changes = new Map();
  }

  async settle(context: ApplyContext): Promise<void> {
    if (!this.stale) {
      for (const [ref, change] of this.#changes) if (this.#counts.of(ref) + change < 0) throw corrupt(this.spec.name);
      return;
    }
    const counts = new Counts();
    await this.rows.scan(context, "true", (batch) => this.rows.each(batch, (ref) => counts.add(ref, 1)));
    this.#replaced = counts;
  }

  commit(): void {
    if (this.#replaced !== undefined) this.#counts = this.#replaced;
    else for (const [ref, change] of this.#changes) if (change !== 0) this.#counts.add(ref, change);
    this.#replaced = undefined;
    if (this.#changes.size > 0) this.#changes = new Map();
    this.stale = false;
  }
}

class Counts {
  #counts: Uint16Array | Uint32Array = new Uint16Array(1_024);
  words = new Uint32Array(32);

  get bytes(): number {
    return this.#counts.byteLength + this.words.byteLength;
  }

  of(ref: number): number {
    return this.#counts[ref] ?? 0;
  }

  add(ref: number, change: number): void {
    if (ref >= this.#counts.length) this.#grow(Math.ceil((ref + 1) * 1.25));
    const count = this.of(ref) + change;
    if (count > 0xffff && this.#counts instanceof Uint16Array) this.#counts = Uint32Array.from(this.#counts);
    this.#counts[ref] = count;
    if (count > 0) this.words[ref >>> 5]! |= 1 << (ref & 31);
    else this.words[ref >>> 5]! &= ~(1 << (ref & 31));
  }

  #grow(size: number): void {
    const counts = this.#counts instanceof Uint16Array ? new Uint16Array(size) : new Uint32Array(size);
    counts.set(this.#counts);
    this.#counts = counts;
    const words = new Uint32Array((size >>> 5) + 1);
    words.set(this.words);
    this.words = words;
  }
}

function corrupt(name: string): VitrineError {
  return new VitrineError("mirror/cells-corrupt", { message: `The set ${name} would count fewer than no rows.`, place: name });
}
