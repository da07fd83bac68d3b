/** When things happen: a weekly rhythm, holiday peaks, growth; `count` moments in order over any span, without holding them. */
import { hourActivity, weekdayActivity } from "./catalogue.ts";
import type { Random } from "./random.ts";

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Weight of each UTC hour of a span; the first and last hour count for the part that lies inside. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly weight: (hourStartMs: number) => number;
}

/** `count` moments of a span in ascending order, as dense as its weights; every call of `next` is one moment. */
export class Moments {
  readonly #span: Span;
  readonly #random: Random;
  readonly #step: number;
  #index = 0;
  #hour: number;
  #before = 0;
  #inside = 0;

  constructor(options: { readonly span: Span; readonly count: number; readonly random: Random }) {
    this.#span = options.span;
    this.#random = options.random;
    let total = 0;
    for (let hour = firstHour(this.#span); hour < this.#span.toMs; hour += hourMs) total += this.#weightOf(hour);
    this.#step = total / options.count;
    this.#hour = firstHour(this.#span);
    this.#inside = this.#weightOf(this.#hour);
  }

  /** Milliseconds since 1970, inside [fromMs, toMs). */
  next(): number {
    const target = (this.#index++ + this.#random.unit()) * this.#step;
    while (target >= this.#before + this.#inside && this.#hour + hourMs < this.#span.toMs) {
      this.#before += this.#inside;
      this.#hour += hourMs;
      this.#inside = this.#weightOf(this.#hour);
    }
    const from = Math.max(this.#hour, this.#span.fromMs);
    const to = Math.min(this.#hour + hourMs, this.#span.toMs);
    const part = this.#inside === 0 ? 0 : Math.min((target - this.#before) / this.#inside, 0.999999);
    return Math.floor(from + part * (to - from));
  }

  #weightOf(hour: number): number {
    const covered = Math.min(hour + hourMs, this.#span.toMs) - Math.max(hour, this.#span.fromMs);
    return this.#span.weight(hour) * (covered / hourMs);
  }
}

function firstHour(span: Span): number {
  return Math.floor(span.fromMs / hourMs) * hourMs;
}

/** Busy evenings and weekends. */
export function rhythm(hourStartMs: number): number {
  const date = new Date(hourStartMs);
  return (hourActivity[date.getUTCHours()] as number) * (weekdayActivity[date.getUTCDay()] as number);
}

/** Sales and presents: new devices come in the week of Black Friday, before and most of all after Christmas. */
export function holidays(hourStartMs: number): number {
  const date = new Date(hourStartMs);
  const day = date.getUTCDate();
  switch (date.getUTCMonth()) {
    case 10:
      return day >= 24 ? 1.7 : 1;
    case 11:
      if (day >= 25 && day <= 28) return 3.2;
      return day >= 10 ? 1.45 : 1.1;
    case 0:
      return day <= 5 ? 1.5 : 1;
    default:
      return 1;
  }
}

/** Weekends are when people put things up: stronger than the rhythm of use. */
export function weekends(hourStartMs: number): number {
  const day = new Date(hourStartMs).getUTCDay();
  return day === 0 || day === 6 ? 1.35 : 0.9;
}

/** A company that grows: from a fifth of today's pace to today's over the span. */
export function growth(hourStartMs: number, span: { readonly fromMs: number; readonly toMs: number }): number {
  const part = Math.max(0, (hourStartMs - span.fromMs) / (span.toMs - span.fromMs));
  return 0.2 + 0.8 * part ** 1.4;
}
