/** Tells how far a load is, about four times a second: rows per second of late, and an estimate of what is left. */
import type { WorldProgress } from "./options.ts";

const reportEveryMs = 250;
/** Keys and indexes take about this part of the time that the rows took (measured at 2 M and 10 M attempts). */
const keysPart = 0.55;

export class ProgressMeter {
  readonly #total: number;
  readonly #statements: number;
  readonly #report: ((progress: WorldProgress) => void) | undefined;
  readonly #startedAt = performance.now();
  #done = 0;
  #reportedAt = 0;
  #reportedRows = 0;
  #rate = 0;
  #rowsMs = 0;
  #keysAt = 0;

  constructor(options: {
    readonly total: number;
    readonly statements: number;
    readonly report: ((progress: WorldProgress) => void) | undefined;
  }) {
    this.#total = options.total;
    this.#statements = options.statements;
    this.#report = options.report;
    this.#reportedAt = this.#startedAt;
  }

  rows(table: string, more: number): void {
    this.#done += more;
    const now = performance.now();
    const since = now - this.#reportedAt;
    if (since < reportEveryMs) return;
    const rate = ((this.#done - this.#reportedRows) / since) * 1000;
    this.#rate = this.#rate === 0 ? rate : 0.7 * this.#rate + 0.3 * rate;
    this.#reportedAt = now;
    this.#reportedRows = this.#done;
    const elapsed = (now - this.#startedAt) / 1000;
    const rowsLeft = (elapsed / Math.max(1, this.#done)) * (this.#total - this.#done);
    this.#report?.({
      phase: "rows",
      table,
      done: this.#done,
      total: this.#total,
      rowsPerSecond: Math.round(this.#rate),
      secondsLeft: Math.ceil(rowsLeft + keysPart * (elapsed + rowsLeft)),
    });
  }

  statement(table: string, index: number): void {
    const now = performance.now();
    if (index === 0) {
      this.#rowsMs = now - this.#startedAt;
      this.#keysAt = now;
    }
    const left = Math.max(0, this.#rowsMs * keysPart - (now - this.#keysAt));
    this.#report?.({ phase: "keys", table, done: index, total: this.#statements, rowsPerSecond: 0, secondsLeft: Math.ceil(left / 1000) });
  }
}
