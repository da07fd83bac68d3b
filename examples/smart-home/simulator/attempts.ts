/** Live connection attempts: inserted in one statement a batch, corrected, moved, renumbered and deleted afterwards. */
import { durationMs } from "../world/attempt-rows.ts";
import { failureChance, failureReasons, reasonIndex } from "../world/catalogue.ts";
import { addressOf } from "../world/people.ts";
import type { Action } from "./action.ts";
import { between, pickDevice, releaseOf, remember, takeRecent } from "./live.ts";
import type { Live, LiveDevice, RecentAttempt } from "./live.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const insertSql = `
  INSERT INTO connection_attempts (device_id, at, duration_ms, ok, firmware, reason, ip)
  SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::integer[], $4::boolean[], $5::text[], $6::text[], $7::inet[])
  RETURNING id`;

export interface AttemptsWanted {
  readonly count: number;
  /** Milliseconds that each attempt lies back, at most. */
  readonly ageMaxMs: number;
  /** Of one device; undefined: of any. */
  readonly device?: LiveDevice;
}

/** Inserts attempts and returns them as remembered; the caller decides whether they will have happened. */
async function insertAttempts(live: Live, wanted: AttemptsWanted): Promise<RecentAttempt[]> {
  const { random } = live;
  const columns: [number[], string[], number[], boolean[], string[], (string | null)[], string[]] = [[], [], [], [], [], [], []];
  for (let index = 0; index < wanted.count; index++) {
    const device = wanted.device ?? pickDevice(live);
    const at = Math.max(live.oldestMs, live.clock() - Math.floor(random.unit() * wanted.ageMaxMs));
    const release = releaseOf(device);
    const failed = random.unit() < failureChance(device.model, release, device.place, Math.floor(at / 60_000));
    columns[0].push(device.id);
    columns[1].push(new Date(at).toISOString());
    columns[2].push(durationMs(random.unit(), failed));
    columns[3].push(!failed);
    columns[4].push(device.firmware);
    columns[5].push(failed ? (failureReasons[reasonIndex(release, random.unit())] as string) : null);
    columns[6].push(dotted(addressOf(live.seed, device.accountId - 1)));
  }
  const { rows } = await live.client.query<{ id: string }>({ name: "insert-attempts", text: insertSql, values: columns });
  return rows.map((row, index) => ({ id: Number(row.id), at: columns[1][index] as string, ok: columns[3][index] as boolean }));
}

export function dotted(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Inserts and remembers; returns how many. */
export async function makeAttempts(live: Live, wanted: AttemptsWanted): Promise<number> {
  const made = await insertAttempts(live, wanted);
  for (const attempt of made) remember(live, attempt);
  return made.length;
}

const keysSql = "unnest($1::bigint[], $2::timestamptz[]) AS key (id, at)";

function keys(attempts: readonly RecentAttempt[]): [number[], string[]] {
  return [attempts.map(({ id }) => id), attempts.map(({ at }) => at)];
}

async function changeRecent(live: Live, count: number, sql: string, more: readonly unknown[] = []): Promise<number> {
  const attempts = takeRecent(live, count);
  const { rowCount } = await live.client.query(sql, [...keys(attempts), ...more]);
  return rowCount ?? 0;
}

export const attemptActions: readonly Action[] = [
  { name: "attempts", weight: 60, run: (live, size) => makeAttempts(live, { count: size, ageMaxMs: 2_000 }) },
  // Devices that were offline upload what they remember, up to four days late.
  { name: "late attempts", weight: 4, run: (live, size) => makeAttempts(live, { count: Math.min(size, 50), ageMaxMs: 4 * dayMs }) },
  {
    name: "corrected attempts",
    weight: 4,
    run: (live) =>
      changeRecent(
        live,
        between(live, 1, 20),
        `UPDATE connection_attempts a SET ok = NOT a.ok, reason = CASE WHEN a.ok THEN 'dns' END FROM ${keysSql} WHERE a.id = key.id AND a.at = key.at`,
      ),
  },
  {
    // Clocks of devices are wrong: the time is corrected afterwards, and some rows move to another partition.
    name: "moved attempts",
    weight: 1,
    run: (live) =>
      changeRecent(
        live,
        between(live, 1, 5),
        `UPDATE connection_attempts a SET at = greatest(a.at - $3::interval, $4::timestamptz) FROM ${keysSql} WHERE a.id = key.id AND a.at = key.at`,
        [`${live.random.chance(0.3) ? between(live, 500, 900) : between(live, 1, 72)} hours`, new Date(live.oldestMs).toISOString()],
      ),
  },
  {
    name: "renumbered attempts",
    weight: 0.5,
    run: (live) =>
      changeRecent(
        live,
        between(live, 1, 3),
        `UPDATE connection_attempts a SET id = nextval(pg_get_serial_sequence('connection_attempts', 'id')) FROM ${keysSql} WHERE a.id = key.id AND a.at = key.at`,
      ),
  },
  {
    name: "deleted attempts",
    weight: 3,
    run: (live) =>
      changeRecent(live, between(live, 1, 20), `DELETE FROM connection_attempts a USING ${keysSql} WHERE a.id = key.id AND a.at = key.at`),
  },
  {
    // A part that fails and is taken back, inside a transaction that goes on.
    name: "savepoint",
    weight: 1,
    run: async (live, size) => {
      const made = await makeAttempts(live, { count: between(live, 1, 5), ageMaxMs: 1_000 });
      await live.client.query("SAVEPOINT part");
      await insertAttempts(live, { count: Math.min(size, 50), ageMaxMs: 1_000 });
      await live.client.query("ROLLBACK TO SAVEPOINT part");
      return made + (await makeAttempts(live, { count: between(live, 1, 5), ageMaxMs: 1_000 }));
    },
  },
  {
    // Everything is taken back: of this transaction nothing may ever be seen.
    name: "rolled back",
    weight: 1,
    run: async (live, size) => {
      await insertAttempts(live, { count: Math.min(size, 100), ageMaxMs: 1_000 });
      return "rollback";
    },
  },
  {
    // Made, changed and deleted in one transaction: it leaves no row, but three changes in the stream.
    name: "short-lived attempt",
    weight: 0.5,
    run: async (live) => {
      const made = await insertAttempts(live, { count: 1, ageMaxMs: 1_000 });
      const key = keys(made);
      await live.client.query(
        `UPDATE connection_attempts a SET duration_ms = 0 FROM ${keysSql} WHERE a.id = key.id AND a.at = key.at`,
        key,
      );
      await live.client.query(`DELETE FROM connection_attempts a USING ${keysSql} WHERE a.id = key.id AND a.at = key.at`, key);
      return 3;
    },
  },
];
