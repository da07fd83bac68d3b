/** Keys of facts to change: nine of ten in the last 1 % of the rows, one anywhere; each is given out once. */
import type { Client } from "pg";

export interface Keys {
  readonly ids: readonly string[];
  readonly times: readonly string[];
}

interface Key {
  readonly id: string;
  readonly at: string;
}

/** `at` is half of the key in the source, where the table is partitioned by it. */
const recentSql = `
  SELECT id::text, at::text FROM connection_attempts
  WHERE id > (SELECT max(id) FROM connection_attempts) - $1::bigint ORDER BY random() LIMIT $2`;

export class KeySample {
  readonly #recent: Key[];
  readonly #anywhere: Key[];

  private constructor(recent: Key[], anywhere: Key[]) {
    this.#recent = recent;
    this.#anywhere = anywhere;
  }

  /** Enough for `count` changes, where the table has so many. Reads the whole table once. */
  static async take(client: Client, { facts, count }: { readonly facts: number; readonly count: number }): Promise<KeySample> {
    const newest = Math.ceil(facts / 100);
    const recent = await client.query<Key>(recentSql, [newest, Math.ceil(count * 0.9)]);
    const percent = Math.min(100, Math.max(0.0001, (100 * count * 0.12) / facts));
    const anywhere = await client.query<Key>(
      `SELECT id::text, at::text FROM connection_attempts TABLESAMPLE BERNOULLI (${percent.toFixed(4)})
       WHERE id <= (SELECT max(id) FROM connection_attempts) - $1::bigint ORDER BY random() LIMIT $2`,
      [newest, Math.ceil(count * 0.1)],
    );
    return new KeySample(recent.rows, anywhere.rows);
  }

  /** Fewer when the sample is used up. */
  next(count: number): Keys {
    const recent = Math.round(count * 0.9 + (Math.random() - 0.5));
    const keys = [...this.#recent.splice(-recent, recent), ...this.#anywhere.splice(recent - count, count - recent)];
    return { ids: keys.map(({ id }) => id), times: keys.map(({ at }) => at) };
  }
}

/** Two statements of one transaction: corrects the facts of the keys in parameters $from and $from+1, deletes those of the next two. */
export function correctAndDeleteSql(from: number): { readonly corrected: string; readonly deleted: string } {
  const key = (first: number): string =>
    `unnest($${first}::bigint[], $${first + 1}::timestamptz[]) AS key (id, at) WHERE a.id = key.id AND a.at = key.at`;
  return {
    corrected: `UPDATE connection_attempts a SET ok = NOT a.ok, reason = CASE WHEN a.ok THEN 'dns' END FROM ${key(from)}`,
    deleted: `DELETE FROM connection_attempts a USING ${key(from + 2)}`,
  };
}
