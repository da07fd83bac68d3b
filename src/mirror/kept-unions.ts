/** Unions of days. Those of whole weeks and months are kept once they were asked for; what comes later is added to them. */
import type { RefSet } from "./ref-set.ts";

/** Bytes of unions that are kept; those that were not asked for the longest go first. */
const keptBytesMax = 48 << 20;

interface Kept {
  readonly from: number;
  readonly to: number;
  readonly words: Uint32Array;
}

export class KeptUnions {
  readonly #dayOf: (day: number) => RefSet | undefined;
  /** By first day and the day after the last; in the order in which they were asked for. */
  readonly #kept = new Map<string, Kept>();
  bytes = 0;

  constructor(dayOf: (day: number) => RefSet | undefined) {
    this.#dayOf = dayOf;
  }

  /** Of the local days [from, to). The array may be one that is kept. */
  of(from: number, to: number): Uint32Array {
    const whole: Uint32Array[] = [];
    const days: RefSet[] = [];
    for (let day = from; day < to;) {
      const after = periodAt(day, to);
      if (after === undefined) {
        const set = this.#dayOf(day);
        if (set !== undefined) days.push(set);
        day += 1;
      } else {
        whole.push(this.#keptOf(day, after));
        day = after;
      }
    }
    if (days.length === 0 && whole.length === 1) return whole[0]!;
    if (days.length === 1 && whole.length === 0) return days[0]!.words();
    return united(whole, days);
  }

  #keptOf(from: number, to: number): Uint32Array {
    const key = `${from} ${to}`;
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    const kept = known ?? { from, to, words: this.#unite(from, to) };
    this.#kept.set(key, kept);
    if (known === undefined) this.bytes += kept.words.byteLength;
    for (const [oldest, { words }] of this.#kept) {
      if (this.bytes <= keptBytesMax || oldest === key) break;
      this.#kept.delete(oldest);
      this.bytes -= words.byteLength;
    }
    return kept.words;
  }

  #unite(from: number, to: number): Uint32Array {
    const days: RefSet[] = [];
    for (let day = from; day < to; day += 1) {
      const set = this.#dayOf(day);
      if (set !== undefined) days.push(set);
    }
    return united([], days);
  }

  /** Of this day refs came. */
  add(day: number, refs: Int32Array): void {
    for (const kept of this.#kept.values()) {
      if (day < kept.from || day >= kept.to) continue;
      if (refs.some((ref) => ref >>> 5 >= kept.words.length)) this.#drop(kept);
      else for (const ref of refs) kept.words[ref >>> 5]! |= 1 << (ref & 31);
    }
  }

  /** Of this day refs went. */
  drop(day: number): void {
    for (const kept of this.#kept.values()) if (day >= kept.from && day < kept.to) this.#drop(kept);
  }

  clear(): void {
    this.#kept.clear();
    this.bytes = 0;
  }

  #drop(kept: Kept): void {
    this.#kept.delete(`${kept.from} ${kept.to}`);
    this.bytes -= kept.words.byteLength;
  }
}

function united(whole: readonly Uint32Array[], days: readonly RefSet[]): Uint32Array {
  const wordCount = Math.max(0, ...whole.map((words) => words.length), ...days.map((set) => set.wordCount));
  const out = new Uint32Array(wordCount);
  const all = [...whole];
  for (const set of days) {
    if (set.isBits) all.push(set.words());
    else set.orInto(out);
  }
  // Four at a time: most of the time goes into reading and writing what is united so far.
  all.sort((a, b) => b.length - a.length);
  for (let at = 0; at < all.length; at += 4) orFour(out, all.slice(at, at + 4));
  return out;
}

/** The day after the month, else the week, that begins with this day and ends before `to`. */
function periodAt(day: number, to: number): number | undefined {
  const month = monthAt(day);
  if (month !== undefined && month <= to) return month;
  return (((day + 3) % 7) + 7) % 7 === 0 && day + 7 <= to ? day + 7 : undefined;
}

/** The first day of the next month where this day is the first of one. */
function monthAt(day: number): number | undefined {
  const date = new Date(day * 86_400_000);
  return date.getUTCDate() === 1 ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 86_400_000 : undefined;
}

/** `list` has one to four, the longest first. */
function orFour(out: Uint32Array, list: readonly Uint32Array[]): void {
  const [a = nothing, b = nothing, c = nothing, d = nothing] = list;
  const common = list.length === 4 ? d.length : 0;
  for (let i = 0; i < common; i += 1) out[i] = out[i]! | a[i]! | b[i]! | c[i]! | d[i]!;
  for (const words of list) for (let i = common; i < words.length; i += 1) out[i] = out[i]! | words[i]!;
}

const nothing = new Uint32Array(0);
