/**
 * Before a generation takes over from another one it is given that one's closed periods, where metrics keep their history. They are in
 * its store before the switch is written, so a crash in between is followed by doing it again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "../../lib/assert.ts";
import type { Log } from "../../lib/log.ts";
import { carryHistory } from "../../mirror/history.ts";
import type { State } from "../state.ts";
import type { Host } from "./host.ts";
import { textFilter } from "./proofs.ts";

const countedWithinMs = 120_000;
const lookEveryMs = 100;

export interface TakeoverOptions {
  readonly state: Pick<State, "append">;
  readonly log: Log;
  /** Whether both are still open and wanted: where not, a failure means nothing. */
  readonly isWanted: (from: Host, to: Host) => boolean;
  readonly onCarried: (to: Host) => void;
  readonly onFailure: (error: unknown) => void;
}

export class Takeover {
  readonly #options: TakeoverOptions;
  readonly #carried = new WeakMap<Host, "under way" | "done">();

  constructor(options: TakeoverOptions) {
    this.#options = options;
  }

  /** Whether `to` may be switched to now. Where its history is still missing that is begun, and `onCarried` called at its end. */
  isReady(from: Host | undefined, to: Host): boolean {
    if (from === undefined || !keepsHistory(to) || this.#carried.get(to) === "done") return true;
    if (this.#carried.get(to) === undefined) void this.#carry(from, to);
    return false;
  }

  async #carry(from: Host, to: Host): Promise<void> {
    const { state, log, isWanted, onCarried, onFailure } = this.#options;
    this.#carried.set(to, "under way");
    try {
      await untilCounted(from);
      const isTextAllowed = textFilter({ declaration: must(to.declaration, "declaration of what is built"), rules: to.rules });
      const metrics = await carryHistory({ from: from.mirror, to: to.mirror, isTextAllowed });
      for (const { metric, outcome, cells } of metrics)
        log(outcome === "differs" ? "warn" : "info", "history-carried", { generation: to.number, metric, state: outcome, cells });
      const report = metrics.map(({ metric, outcome, cells }) => ({ metric, outcome, cells }));
      state.append("history", { generation: to.number, from: from.number, metrics: report });
    } catch (error) {
      // Closed in the middle, by a stop or for another one: whoever takes its place does it again.
      if (isWanted(from, to)) onFailure(error);
      return;
    }
    this.#carried.set(to, "done");
    onCarried(to);
  }
}

/** A cell that is open would be withheld for ever in what is kept. */
async function untilCounted({ mirror }: Host): Promise<void> {
  for (let waitedMs = 0; mirror.status.counting !== undefined && waitedMs < countedWithinMs; waitedMs += lookEveryMs)
    await sleep(lookEveryMs);
}

function keepsHistory({ declaration }: Host): boolean {
  return declaration?.metrics.some((metric) => metric.history === "keep") ?? false;
}
