/**
 * Keeps the example world alive: whole transactions of every size at a steady rate, with all that makes mirroring hard. The seed decides
 * which transactions come and in what order; the rate only decides when. Writes with one connection, as the application would.
 */
import { Client } from "pg";
import { createPartition, monthStart, partitionName } from "./schema.sql.ts";
import type { Action } from "./simulator/action.ts";
import { attemptActions } from "./simulator/attempts.ts";
import { fleetActions } from "./simulator/fleet-actions.ts";
import { oldestMonth, oldestSql, openLive } from "./simulator/live.ts";
import type { Live } from "./simulator/live.ts";
import { peopleActions } from "./simulator/people-actions.ts";
import { cumulative, pickWeighted } from "./world/random.ts";
import { withoutValues } from "./world.ts";

export interface SimulatorOptions {
  /** PostgreSQL with a world in it, as its owner. */
  readonly url: string;
  /** Changed rows per second, cascades included; steady up to 5,000 and more. */
  readonly ratePerSecond: number;
  /** Default 1. */
  readonly seed?: number;
  /** Ends the simulation after the transaction under way. */
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970: the time that the rows say. */
  readonly clock: () => number;
  /** Ends after so many transactions. */
  readonly transactionsMax?: number;
  /** How large bulk transactions are: 1 is 1 to 600 rows, some 40 on average. Default by the rate: 1 at 2,000 a second. */
  readonly bulkScale?: number;
}

export interface SimulatorStats {
  readonly transactions: number;
  readonly changes: number;
  /** Seconds of work that the simulator is behind its rate (at most one: what is older is given up). */
  readonly behindSeconds: number;
  readonly byAction: Readonly<Record<string, number>>;
}

export interface Simulator extends AsyncDisposable {
  readonly stats: SimulatorStats;
  /** Resolves when the simulation has ended; rejects with a WorldError (no values in it) when the server refused something. */
  readonly finished: Promise<void>;
  /** Drops the oldest month of attempts, as the company does with months that are over; the name, or undefined when only the current one is left. */
  dropOldestMonth(): Promise<string | undefined>;
  /** Makes the partition of the month after next, if there is none yet. */
  createNextMonth(): Promise<string>;
  stop(): Promise<void>;
}

const actions: readonly Action[] = [...attemptActions, ...fleetActions, ...peopleActions];
const actionsRunning = cumulative(actions.map(({ weight }) => weight));
/** A statement of the simulator never waits longer for a lock than this: then it is tried again. */
const lockTimeoutMs = 5_000;
const monthCheckMs = 60_000;
/** Refusals that say "again": serialization, deadlock, lock not to be had. */
const againCodes: ReadonlySet<string> = new Set(["40001", "40P01", "55P03"]);

/** Connects, reads a sample of the fleet and starts; resolves when the first transaction is about to run. */
export async function simulate(options: SimulatorOptions): Promise<Simulator> {
  const client = new Client({ connectionString: options.url, application_name: "smart-home simulator" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    await client.query("SET timezone = 'UTC'");
    const live = await openLive(client, { seed: options.seed ?? 1, clock: options.clock });
    return new Running(live, options);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw withoutValues(error);
  }
}

class Running implements Simulator {
  readonly finished: Promise<void>;
  readonly #live: Live;
  readonly #options: SimulatorOptions;
  readonly #byAction: Record<string, number> = {};
  readonly #requests: (() => Promise<void>)[] = [];
  readonly #stopping = new AbortController();
  readonly #bulkScale: number;
  #transactions = 0;
  #changes = 0;
  #behindSeconds = 0;
  #monthsCheckedAt = -Infinity;
  #over = false;

  constructor(live: Live, options: SimulatorOptions) {
    this.#live = live;
    this.#options = options;
    // Larger where the rate is high, so that commits do not limit it.
    this.#bulkScale = options.bulkScale ?? Math.min(20, Math.max(0.02, options.ratePerSecond / 2_000));
    options.signal?.addEventListener("abort", () => this.#stopping.abort(), { once: true });
    if (options.signal?.aborted === true) this.#stopping.abort();
    this.finished = this.#run();
    // Whoever waits for it gets the error; nobody else must be ended by it.
    this.finished.catch(() => undefined);
  }

  get stats(): SimulatorStats {
    return {
      transactions: this.#transactions,
      changes: this.#changes,
      behindSeconds: this.#behindSeconds,
      byAction: { ...this.#byAction },
    };
  }

  dropOldestMonth(): Promise<string | undefined> {
    return this.#between(async () => {
      const { rows } = await this.#live.client.query<{ name: string }>(oldestSql);
      const name = rows[0]?.name;
      if (name === undefined || name >= partitionName(this.#live.clock())) return undefined;
      await this.#live.client.query(`DROP TABLE ${name}`);
      this.#live.oldestMs = await oldestMonth(this.#live.client);
      return name;
    });
  }

  createNextMonth(): Promise<string> {
    return this.#between(async () => {
      const month = monthStart(this.#live.clock(), 2);
      await this.#live.client.query(createPartition(month));
      return partitionName(month);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
  }

  /** Runs work between two transactions of the simulation: the connection is one. */
  #between<T>(work: () => Promise<T>): Promise<T> {
    if (this.#over) return Promise.reject(new Error("the simulation has ended"));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#requests.push(async () => {
      try {
        resolve(await work());
      } catch (error) {
        reject(withoutValues(error));
      }
    });
    return promise;
  }

  async #run(): Promise<void> {
    try {
      await this.#loop();
    } catch (error) {
      throw withoutValues(error);
    } finally {
      this.#over = true;
      for (const request of this.#requests.splice(0)) void request();
      await this.#live.client.end().catch(() => undefined);
    }
  }

  async #loop(): Promise<void> {
    const { ratePerSecond, transactionsMax } = this.#options;
    let paidUntil = performance.now();
    while (!this.#stopping.signal.aborted && this.#transactions < (transactionsMax ?? Infinity)) {
      for (const request of this.#requests.splice(0)) await request();
      await this.#makeMonths();
      const changes = await this.#transaction();
      // Every change costs its share of a second; a debt older than a second is given up, so that a pause is not followed by a flood.
      paidUntil = Math.max(paidUntil, performance.now() - 1_000) + (Math.max(changes, 1) / ratePerSecond) * 1_000;
      const waitMs = paidUntil - performance.now();
      this.#behindSeconds = Math.max(0, -waitMs / 1_000);
      // Timers are late by a millisecond or so: short waits are added up instead.
      if (waitMs > 4) await this.#pause(waitMs);
    }
  }

  /** Waits in short steps, so that a request or the end is not kept waiting at a low rate. */
  async #pause(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (performance.now() < until && this.#requests.length === 0 && !this.#stopping.signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      setTimeout(resolve, Math.max(1, Math.min(50, until - performance.now())));
      await promise;
    }
  }

  async #transaction(): Promise<number> {
    const { random, client } = this.#live;
    const action = actions[pickWeighted(actionsRunning, random.unit())] as Action;
    const size = transactionSize(random.unit(), random.unit(), this.#bulkScale);
    await client.query("BEGIN");
    try {
      const changes = await action.run(this.#live, size);
      await client.query(changes === "rollback" ? "ROLLBACK" : "COMMIT");
      this.#transactions++;
      this.#byAction[action.name] = (this.#byAction[action.name] ?? 0) + 1;
      if (changes === "rollback") return 0;
      this.#changes += changes;
      return changes;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      if (error instanceof Error && "code" in error && againCodes.has(String(error.code))) return 0;
      throw error;
    }
  }

  /** This month's partition and the next one's are there before the first row that needs them. */
  async #makeMonths(): Promise<void> {
    const now = this.#live.clock();
    if (now - this.#monthsCheckedAt < monthCheckMs) return;
    this.#monthsCheckedAt = now;
    for (const month of [monthStart(now), monthStart(now, 1)]) {
      // Asked first: CREATE TABLE takes its locks even when there is nothing to do.
      const { rows } = await this.#live.client.query<{ there: boolean }>("SELECT to_regclass($1) IS NOT NULL AS there", [
        partitionName(month),
      ]);
      if (rows[0]?.there !== true) await this.#live.client.query(createPartition(month));
    }
  }
}

/** Rows of a bulk transaction: many small ones, few large ones. */
function transactionSize(kind: number, unit: number, scale: number): number {
  const size = kind < 0.3 ? 1 : kind < 0.7 ? 2 + unit * 18 : kind < 0.95 ? 20 + unit * 100 : 120 + unit * 480;
  return Math.max(1, Math.round(size * scale));
}
