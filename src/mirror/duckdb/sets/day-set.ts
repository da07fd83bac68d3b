/**
 * Who has a row on which local day: exact under every change. A row that comes sets a bit. One that leaves makes its bit doubtful:
 * when all rows of the transaction are out and in, the rows that are left tell. Nothing that answers can see changes before the
 * commit: then `commit` makes them all at once.
 */
import { must } from "../../../lib/assert.ts";
import type { Calendar } from "../../calendar.ts";
import type { DaySetSpec } from "../../cuboid.ts";
import type { ApplyContext } from "../apply.ts";
import type { RowBatch } from "../evaluate.ts";
import { KeptUnions } from "../../kept-unions.ts";
import { RefCollector, RefSet } from "../../ref-set.ts";
import type { SetRows } from "./set-rows.ts";
import { StoredDays } from "./stored-days.ts";

/** Doubtful bits of one day from which it is read anew from its rows. */
const doubtsMax = 4_096;
/** Changes of a day that are kept beside its stored words: at least so many, and so large a share of its members. */
const loggedMin = 4_096;
const loggedShare = 1 / 8;

type DayChange =
  | { readonly day: number; readonly added: Int32Array; readonly removed: Int32Array }
  | { readonly day: number; readonly next: RefSet };

export class DaySet {
  readonly spec: DaySetSpec;
  readonly rows: SetRows;
  readonly #calendar: Calendar;
  readonly #stored: StoredDays;
  #days = new Map<number, RefSet>();
  readonly #unions: KeptUnions;
  /** While the set is built from all rows. */
  #building: Map<number, RefCollector> | undefined;
  /** Of the open transaction. */
  #come = new Map<number, RefCollector>();
  #doubts = new Map<number, Set<number>>();
  readonly #staleDays = new Set<number>();
  #changes: DayChange[] = [];
  #replaced: Map<number, RefSet> | undefined;
  /** Does not follow the rows any more (truncate): built anew before the commit. */
  stale = false;

  constructor(spec: DaySetSpec, rows: SetRows, calendar: Calendar) {
    this.spec = spec;
    this.rows = rows;
    this.#calendar = calendar;
    this.#stored = new StoredDays(spec.name);
    this.#unions = new KeptUnions((day) => this.#days.get(day));
  }

  get span(): { readonly from: number; readonly to: number } | undefined {
    let from = Infinity;
    let to = -Infinity;
    for (const day of this.#days.keys()) {
      if (day < from) from = day;
      if (day > to) to = day;
    }
    return from > to ? undefined : { from, to };
  }

  get days(): ReadonlyMap<number, RefSet> {
    return this.#days;
  }

  /** Bytes held by days and kept unions. */
  get bytes(): number {
    let sum = this.#unions.bytes;
    for (const set of this.#days.values()) sum += set.bytes;
    return sum;
  }

  union(from: number, to: number): Uint32Array {
    const { span } = this;
    return span === undefined ? new Uint32Array(0) : this.#unions.of(Math.max(from, span.from), Math.min(to, span.to + 1));
  }

  startBuild(): void {
    this.#building = new Map();
  }

  build(batch: RowBatch): void {
    const days = must(this.#building, "a build");
    this.#each(batch, (day, ref) => collectorOf(days, day).add(ref));
  }

  /** Ends a build with all rows of the snapshot and writes what came of it. */
  async finishBuild(context: ApplyContext): Promise<void> {
    this.#days = finished(must(this.#building, "a build"));
    this.#building = undefined;
    this.#unions.clear();
    await this.#stored.create(context.connection);
    await this.#stored.writeAll(context, this.#days);
  }

  /** From the store's own words. */
  async restore(context: ApplyContext): Promise<void> {
    this.#days = await this.#stored.read(context);
  }

  /** From all rows: for a set that the store does not have. */
  async rebuild(context: ApplyContext): Promise<void> {
    this.startBuild();
    await this.rows.scan(context, "true", (batch) => this.build(batch));
    await this.finishBuild(context);
  }

  /** Rows that leave and rows that come. Call before `settle`, as often as there are parts of the transaction. */
  take(removed: readonly RowBatch[], added: readonly RowBatch[]): void {
    const stays = removed.length === 0 ? undefined : new Set<number>();
    for (const batch of added)
      this.#each(batch, (day, ref) => {
        collectorOf(this.#come, day).add(ref);
        stays?.add(day * 2 ** 32 + ref);
      });
    for (const batch of removed)
      this.#each(batch, (day, ref) => {
        if (stays?.has(day * 2 ** 32 + ref) !== true) this.#doubt(day, ref);
      });
  }

  #doubt(day: number, ref: number): void {
    if (this.#staleDays.has(day)) return;
    const doubts = this.#doubts.get(day) ?? new Set();
    this.#doubts.set(day, doubts.add(ref));
    if (doubts.size <= doubtsMax) return;
    this.#staleDays.add(day);
    this.#doubts.delete(day);
  }

  #each(batch: RowBatch, take: (day: number, ref: number) => void): void {
    // Rows come nearly in order of time: the next one is mostly of the same day.
    let from = 1;
    let to = 0;
    let day = 0;
    this.rows.each(batch, (ref, minute) => {
      if (minute < from || minute >= to) {
        day = this.#calendar.bucketOf("day", minute);
        from = this.#calendar.startOf("day", day);
        to = this.#calendar.endOf("day", day);
      }
      take(day, ref);
    });
  }

  /** Finds what changes with the open transaction and writes it there. */
  async settle(context: ApplyContext): Promise<void> {
    if (this.stale) {
      const days = new Map<number, RefCollector>();
      await this.rows.scan(context, "true", (batch) => this.#each(batch, (day, ref) => collectorOf(days, day).add(ref)));
      this.#replaced = finished(days);
      await this.#stored.writeAll(context, this.#replaced);
      return;
    }
    for (const day of this.#staleDays) this.#changes.push({ day, next: await this.#readDay(context, day) });
    for (const day of new Set([...this.#come.keys(), ...this.#doubts.keys()]))
      if (!this.#staleDays.has(day)) this.#changes.push(await this.#changeOf(context, day));
    this.#changes = this.#changes.filter((one) => "next" in one || one.added.length + one.removed.length > 0);
    await this.#write(context);
  }

  async #readDay(context: ApplyContext, day: number): Promise<RefSet> {
    const refs = new RefCollector();
    await this.rows.scan(context, this.#dayIs(day), (batch) => this.rows.each(batch, (ref) => refs.add(ref)));
    return refs.finish();
  }

  #dayIs(day: number): string {
    const { time } = this.rows;
    return `${time} >= ${this.#calendar.startOf("day", day)} AND ${time} < ${this.#calendar.endOf("day", day)}`;
  }

  async #changeOf(context: ApplyContext, day: number): Promise<DayChange> {
    const known = this.#days.get(day);
    const gone = await this.#gone(context, day);
    const added: number[] = [];
    this.#come
      .get(day)
      ?.finish()
      .each((ref) => {
        if (!gone.has(ref) && known?.has(ref) !== true) added.push(ref);
      });
    const removed = [...gone].filter((ref) => known?.has(ref) === true);
    return { day, added: Int32Array.from(added), removed: Int32Array.from(removed) };
  }

  /** Of the doubtful refs of a day, those that no row is left of. */
  async #gone(context: ApplyContext, day: number): Promise<ReadonlySet<number>> {
    const gone = new Set(this.#doubts.get(day));
    if (gone.size === 0) return gone;
    const where = `${this.#dayIs(day)} AND ${this.rows.sql(this.spec.of)} IN (${[...gone].join(", ")})`;
    await this.rows.scan(context, where, (batch) => this.rows.each(batch, (ref) => gone.delete(ref)));
    return gone;
  }

  /** Few changes of a day are written beside its words, many into them. */
  async #write(context: ApplyContext): Promise<void> {
    const logged: Extract<DayChange, { readonly added: Int32Array }>[] = [];
    for (const [i, change] of this.#changes.entries()) {
      const { day } = change;
      const known = this.#days.get(day);
      if (!("next" in change)) {
        const count = this.#stored.logged(day) + change.added.length + change.removed.length;
        if (count <= Math.max(loggedMin, (known?.count ?? 0) * loggedShare)) {
          logged.push(change);
          continue;
        }
      }
      const next = "next" in change ? change.next : changed(known, change);
      this.#changes[i] = { day, next };
      await this.#stored.writeDay(context, day, next);
    }
    await this.#stored.log(context, logged);
  }

  /** Before a compaction, in its transaction: no word of a deleted row is to be carried into the new file. */
  async fold(context: ApplyContext): Promise<void> {
    for (const day of this.#stored.loggedDays())
      await this.#stored.writeDay(context, day, this.#days.get(day) ?? RefSet.ofRefs(new Int32Array(0)));
  }

  /** The transaction is committed: its changes are seen from here on. */
  commit(): void {
    if (this.#replaced !== undefined) {
      this.#days = this.#replaced;
      this.#unions.clear();
    }
    for (const change of this.#changes) {
      const { day } = change;
      if ("next" in change) {
        this.#days.set(day, change.next);
        this.#unions.drop(day);
      } else {
        const set = this.#days.get(day) ?? RefSet.ofRefs(new Int32Array(0));
        set.change(change.added, change.removed);
        this.#days.set(day, set);
        if (change.removed.length > 0) this.#unions.drop(day);
        else this.#unions.add(day, change.added);
      }
      if (this.#days.get(day)?.count === 0) this.#days.delete(day);
    }
    if (this.#changes.length > 0) this.#changes = [];
    this.#replaced = undefined;
    this.#come = new Map();
    this.#doubts = new Map();
    this.#staleDays.clear();
    this.stale = false;
  }
}

function changed(known: RefSet | undefined, { added, removed }: { readonly added: Int32Array; readonly removed: Int32Array }): RefSet {
  const words = new Uint32Array(known?.wordCount ?? 0);
  known?.orInto(words);
  const next = RefSet.ofBits(words);
  next.change(added, removed);
  return next;
}

function collectorOf(days: Map<number, RefCollector>, day: number): RefCollector {
  let refs = days.get(day);
  if (refs === undefined) {
    refs = new RefCollector();
    days.set(day, refs);
  }
  return refs;
}

function finished(days: ReadonlyMap<number, RefCollector>): Map<number, RefSet> {
  return new Map([...days].map(([day, refs]) => [day, refs.finish()]));
}
