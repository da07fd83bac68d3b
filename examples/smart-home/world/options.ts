/** How large a world is, and what follows from that: everything in proportion to the published case of 2.4 M accounts. */
import { dayMs } from "./timeline.ts";
import { historyDays } from "./catalogue.ts";
import { monthStart } from "../schema.sql.ts";

export interface WorldOptions {
  /** PostgreSQL, as someone who may create tables. The database must not hold a world yet. */
  readonly url: string;
  /** Default 20,000; full size 2,400,000. */
  readonly accounts?: number;
  /** Rows of connection_attempts. Default 2,000,000; full size 10,000,000. */
  readonly attempts?: number;
  /** Same seed, sizes and `now`: the same rows, byte for byte. Default 1. */
  readonly seed?: number;
  /** The history ends here. */
  readonly now: Date;
  readonly onProgress?: (progress: WorldProgress) => void;
}

export interface WorldProgress {
  readonly phase: "rows" | "keys" | "done";
  readonly table: string;
  /** Of the phase: rows written, or statements run. */
  readonly done: number;
  readonly total: number;
  /** Over the last second or so; 0 outside the phase `rows`. */
  readonly rowsPerSecond: number;
  /** Estimate for all that is left; undefined while nothing is known. */
  readonly secondsLeft: number | undefined;
}

export interface WorldSummary {
  readonly rows: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Sizes and times of one world. Counts of the case are exact, not about right. */
export interface Plan {
  readonly seed: number;
  readonly nowMs: number;
  readonly startMs: number;
  /** First of the month, six whole months before the current one: older attempts were dropped. */
  readonly attemptsFromMs: number;
  readonly counts: Counts;
}

export interface Counts {
  readonly accounts: number;
  readonly devices: number;
  readonly attempts: number;
  readonly alexa: number;
  readonly alexaUnlinked: number;
  readonly googleAssistant: number;
  readonly ifttt: number;
  readonly scaleTesters: number;
  readonly scaleMeasurements: number;
  readonly shares: number;
  readonly sessions: number;
  readonly apiTokens: number;
  readonly paymentMethods: number;
  readonly logLines: number;
}

const caseAccounts = 2_400_000;
const monthsKept = 6;

export function planOf(options: WorldOptions): Plan {
  const accounts = whole(options.accounts ?? 20_000, "accounts", 100, 20_000_000);
  const attempts = whole(options.attempts ?? 2_000_000, "attempts", 0, 2_000_000_000);
  const nowMs = options.now.getTime();
  const share = (part: number): number => Math.max(1, Math.round(accounts * part));
  const scaleTesters = share(140 / caseAccounts);
  return {
    seed: whole(options.seed ?? 1, "seed", 0, 4_294_967_295),
    nowMs,
    startMs: nowMs - historyDays * dayMs,
    attemptsFromMs: monthStart(nowMs, -monthsKept),
    counts: {
      accounts,
      devices: accounts * 2,
      attempts,
      alexa: share(24_000 / caseAccounts),
      alexaUnlinked: share(0.002),
      googleAssistant: share(0.007),
      ifttt: share(0.002),
      scaleTesters,
      scaleMeasurements: scaleTesters * 30,
      shares: share(0.12),
      sessions: share(0.5),
      apiTokens: share(0.03),
      paymentMethods: share(0.05),
      logLines: share(0.4),
    },
  };
}

function whole(value: number, name: string, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}
