/**
 * What Vitrine costs the source while something else is measured: CPU of its backends, how far it holds the vacuum back (oldest xmin),
 * and how much write-ahead log its slot keeps. Looks four times a second; what a backend does after the last look before its end is lost.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { cpuOf, cpuOfForking } from "./processes.ts";
import type { BenchRow } from "./report.ts";
import { human, humanBytes } from "./report.ts";

export interface Held {
  /** Transactions begun since the oldest one that is still held. */
  readonly transactions: number;
  readonly seconds: number;
}

export interface SourceLoad {
  readonly seconds: number;
  readonly vitrineCpuMs: number;
  readonly allCpuMs: number;
  /** Rows of every table: vacuum cannot remove what was deleted since. */
  readonly xmin: Held;
  /** Rows of the catalog only; every logical slot holds it. */
  readonly catalogXmin: Held;
  readonly walBytes: number;
}

interface Look {
  readonly kind: "xmin" | "catalogXmin";
  readonly holder: string;
  readonly value: string;
  readonly age: number;
}

const everyMs = 250;
const holdersSql = `
  SELECT 'xmin' AS kind, pid::text AS holder, backend_xmin::text AS value, age(backend_xmin) AS age FROM pg_stat_activity WHERE usename = 'vitrine_reader' AND backend_xmin IS NOT NULL
  UNION ALL SELECT 'xmin', slot_name, xmin::text, age(xmin) FROM pg_replication_slots WHERE slot_name LIKE 'vitrine\\_%' AND xmin IS NOT NULL
  UNION ALL SELECT 'catalogXmin', slot_name, catalog_xmin::text, age(catalog_xmin) FROM pg_replication_slots WHERE slot_name LIKE 'vitrine\\_%' AND catalog_xmin IS NOT NULL`;
const backendsSql = "SELECT pid FROM pg_stat_activity WHERE usename = 'vitrine_reader'";
const walSql =
  "SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0) AS bytes FROM pg_replication_slots WHERE slot_name LIKE 'vitrine\\_%'";

export class SourceWatch {
  readonly #client: Client;
  readonly #postmaster: number;
  readonly #startedMs = performance.now();
  readonly #cpuAtStart: number;
  /** By backend: CPU when first and last seen. */
  readonly #backends = new Map<number, { readonly first: number; last: number }>();
  readonly #since = new Map<string, { readonly value: string; readonly ms: number }>();
  readonly #held = { xmin: { transactions: 0, seconds: 0 }, catalogXmin: { transactions: 0, seconds: 0 } };
  readonly #looking: Promise<void>;
  #walBytes = 0;
  #over = false;

  private constructor(client: Client, postmaster: number) {
    this.#client = client;
    this.#postmaster = postmaster;
    this.#cpuAtStart = cpuOfForking(postmaster);
    this.#looking = this.#run();
    this.#looking.catch(() => undefined);
  }

  static async start({ adminUrl, postmaster }: { readonly adminUrl: string; readonly postmaster: number }): Promise<SourceWatch> {
    const client = new Client({ connectionString: adminUrl });
    client.on("error", () => undefined);
    await client.connect();
    return new SourceWatch(client, postmaster);
  }

  async stop(): Promise<SourceLoad> {
    this.#over = true;
    await this.#looking;
    await this.#client.end();
    return {
      seconds: (performance.now() - this.#startedMs) / 1000,
      vitrineCpuMs: [...this.#backends.values()].reduce((sum, one) => sum + one.last - one.first, 0),
      allCpuMs: cpuOfForking(this.#postmaster) - this.#cpuAtStart,
      xmin: this.#held.xmin,
      catalogXmin: this.#held.catalogXmin,
      walBytes: this.#walBytes,
    };
  }

  async #run(): Promise<void> {
    for (let first = true; !this.#over; first = false) {
      const backends = await this.#client.query<{ pid: number }>(backendsSql);
      for (const { pid } of backends.rows) this.#seeBackend(pid, first);
      const holders = await this.#client.query<Look>(holdersSql);
      for (const look of holders.rows) this.#seeHolder(look);
      const wal = await this.#client.query<{ bytes: string }>(walSql);
      this.#walBytes = Math.max(this.#walBytes, Number(wal.rows[0]?.bytes ?? 0));
      await sleep(everyMs);
    }
  }

  /** A backend that was there before us counts from now, a later one from its beginning. */
  #seeBackend(pid: number, wasThere: boolean): void {
    const { own } = cpuOf(pid);
    const known = this.#backends.get(pid);
    if (known === undefined) this.#backends.set(pid, { first: wasThere ? own : 0, last: own });
    else known.last = Math.max(known.last, own);
  }

  #seeHolder({ kind, holder, value, age }: Look): void {
    const now = performance.now();
    const name = `${kind} ${holder}`;
    const before = this.#since.get(name);
    const since = before?.value === value ? before : { value, ms: now };
    this.#since.set(name, since);
    const held = this.#held[kind];
    this.#held[kind] = { transactions: Math.max(held.transactions, age), seconds: Math.max(held.seconds, (now - since.ms) / 1000) };
  }
}

/** Three rows, only printed: there is no goal, a reader shall see what it costs. */
export function sourceRows(group: string, during: string, load: SourceLoad): readonly BenchRow[] {
  const share = (ms: number): string => `${(ms / (10 * load.seconds)).toFixed(0)} %`;
  const held = ({ transactions, seconds }: Held): string =>
    `${seconds.toFixed(1)} s, ${human(transactions).replace(".00", "")} transactions`;
  return [
    {
      group,
      what: `source, ${during}: PostgreSQL's CPU for Vitrine`,
      figure: `${share(load.vitrineCpuMs)} of a core, ${(load.vitrineCpuMs / 1000).toFixed(1)} s`,
      against: `all of PostgreSQL ${share(load.allCpuMs)}, ${(load.allCpuMs / 1000).toFixed(1)} s`,
    },
    {
      group,
      what: `source, ${during}: oldest xmin held`,
      figure: held(load.xmin),
      against: `of the catalog ${held(load.catalogXmin)}`,
    },
    { group, what: `source, ${during}: WAL held by the slot, most`, figure: humanBytes(load.walBytes) },
  ];
}
