/**
 * The copy that the case is about: what somebody put into a search cluster "to measure basic business metrics", from the example's main
 * database: for each user e-mail, the addresses that cameras are shared with, nicknames, models, firmware, Wi-Fi names; tokens of those
 * with an Alexa link, body metrics of those who test a scale. No password, no payment. Vitrine itself makes no such copy.
 */
import { Client } from "pg";
import { withoutValues } from "../smart-home/world.ts";

export const indexName = "users";

/** As an engineer in a hurry would write it, but that texts are not analysed. */
export const mapping = {
  settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: "-1" },
  mappings: {
    properties: {
      user_id: { type: "long" },
      created_at: { type: "date" },
      email: { type: "keyword" },
      country: { type: "keyword" },
      time_zone: { type: "keyword" },
      wifi_ssid: { type: "keyword" },
      shared_with: { type: "keyword" },
      cameras: {
        properties: { nickname: { type: "keyword" }, model: { type: "keyword" }, firmware: { type: "keyword" } },
      },
      alexa: { properties: { access_token: { type: "keyword" } } },
      scale: {
        properties: {
          height_cm: { type: "short" },
          weight_kg: { type: "half_float" },
          gender: { type: "keyword" },
          bone_mass_kg: { type: "half_float" },
        },
      },
    },
  },
} as const;

export interface CarelessCopyOptions {
  /** Of the example's main database. */
  readonly url: string;
  /** Stores the lines of one bulk request (newline-delimited JSON). */
  readonly put: (lines: string) => Promise<void>;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Accounts a request. */
const step = 4_000;
/** Requests under way: the cluster indexes one while the next is read. */
const underWay = 2;

/** How many documents were stored. Throws WorldError. */
export async function carelessCopy({ url, put, onProgress, signal }: CarelessCopyOptions): Promise<number> {
  const client = new Client({ connectionString: url, application_name: "careless copy" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ last: string; count: string }>(
      "SELECT coalesce(max(id), 0) AS last, count(*) AS count FROM accounts",
    );
    const [last, total] = [Number(rows[0]?.last), Number(rows[0]?.count)];
    const sending: Promise<void>[] = [];
    let done = 0;
    for (let from = 0; from < last; from += step) {
      signal?.throwIfAborted();
      const found = await client.query<{ id: string; document: string }>(documents, [from, from + step]);
      if (sending.length >= underWay) await sending.shift();
      if (found.rows.length > 0)
        sending.push(put(found.rows.map(({ id, document }) => `{"index":{"_id":"${id}"}}\n${document}\n`).join("")));
      done += found.rows.length;
      onProgress?.(done, total);
    }
    await Promise.all(sending);
    return done;
  } catch (error) {
    throw withoutValues(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Of the accounts with $1 < id <= $2. */
const documents = `
WITH chosen AS (SELECT * FROM accounts WHERE id > $1 AND id <= $2),
cameras AS (
  SELECT account_id, json_agg(json_build_object('nickname', nickname, 'model', model, 'firmware', firmware)) AS list
  FROM devices WHERE account_id > $1 AND account_id <= $2 GROUP BY account_id
),
shares AS (
  SELECT d.account_id, json_agg(DISTINCT s.shared_with_email) AS list
  FROM devices d JOIN camera_shares s ON s.device_id = d.id WHERE d.account_id > $1 AND d.account_id <= $2 GROUP BY d.account_id
),
networks AS (
  SELECT DISTINCT ON (account_id) account_id, wifi_ssid
  FROM homes WHERE account_id > $1 AND account_id <= $2 AND wifi_ssid IS NOT NULL ORDER BY account_id, id
),
links AS (
  SELECT DISTINCT ON (account_id) account_id, json_build_object('access_token', access_token) AS token
  FROM integrations WHERE account_id > $1 AND account_id <= $2 AND kind = 'alexa' AND access_token IS NOT NULL ORDER BY account_id, id DESC
),
bodies AS (
  SELECT DISTINCT ON (account_id) account_id,
    json_build_object('height_cm', height_cm, 'weight_kg', weight_kg, 'gender', gender, 'bone_mass_kg', bone_mass_kg) AS body
  FROM scale_measurements WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, at DESC, id DESC
)
SELECT chosen.id, json_strip_nulls(json_build_object(
  'user_id', chosen.id, 'created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 'email', email, 'country', country,
  'time_zone', time_zone, 'wifi_ssid', wifi_ssid, 'shared_with', shares.list, 'cameras', cameras.list, 'alexa', token, 'scale', body
))::text AS document
FROM chosen
LEFT JOIN cameras ON cameras.account_id = chosen.id
LEFT JOIN shares ON shares.account_id = chosen.id
LEFT JOIN networks ON networks.account_id = chosen.id
LEFT JOIN links ON links.account_id = chosen.id
LEFT JOIN bodies ON bodies.account_id = chosen.id
ORDER BY chosen.id`;
