/** A PostgreSQL that lets a role in without a password, with tables of which it is known how many rows have what. Every text in them is a planted value. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import pg from "pg";
import type { Inspection } from "../../src/guard/readable/inspect.ts";
import { identitiesOf, inspect } from "../../src/guard/readable/inspect.ts";
import type { Readable } from "../../src/guard/readable/readable.ts";
import { targetOf } from "../../src/guard/target.ts";
import type { PostgresServer } from "./postgres.ts";
import { nativeOf, startPostgres } from "./postgres.ts";

/** Stands in every text column of every table. */
export const planted = "ann-and-her-kitchen-camera";

export interface OpenPostgres extends AsyncDisposable {
  readonly server: PostgresServer;
  /** By its own pg_hba.conf: without a password, or with one. */
  allow(method: "trust" | "scram-sha-256"): Promise<void>;
  /** As the superuser, in a database of its own. */
  run(sql: string, database?: string): Promise<void>;
}

export async function openPostgres(release: 15 | 18, settings: Readonly<Record<string, string>> = {}): Promise<OpenPostgres> {
  const hba = ["host all anybody 127.0.0.1/32 trust"];
  const native = release === 15 ? await nativeOf(15) : undefined;
  const server = await startPostgres({ hba, native, settings });
  const run = async (sql: string, database = "metrics"): Promise<void> => {
    const admin = new pg.Client(server.url.replace(/\/postgres$/, `/${database}`));
    await admin.connect();
    try {
      await admin.query(sql);
    } finally {
      await admin.end();
    }
  };
  await run("create database metrics", "postgres");
  await run("create role anybody login password 'made-up'; create role other", "postgres");
  const allow = async (method: string): Promise<void> => {
    const file = join(dirname(server.dataDir), "pg_hba.conf");
    writeFileSync(file, readFileSync(file, "utf8").replace(/(anybody 127\.0\.0\.1\/32) .*/, `$1 ${method}`));
    await run("select pg_reload_conf()");
  };
  return { server, run, allow, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** 1,000 users, of whom 140 have body metrics and 240 an integration token; 40 e-mail addresses are empty texts, 60 are missing. */
export const usersTable = `
create table users (user_id bigint primary key, email text, access_token varchar(200), weight numeric, height numeric, gender text, email_verified boolean);
insert into users select i,
  case when i <= 60 then null when i <= 100 then '' else '${planted}-' || i || '@example.com' end,
  case when i <= 240 then '${planted}-token-' || i end,
  case when i > 860 then 70 end, case when i > 860 then 170 end, '${planted}', true
from generate_series(1, 1000) as i;
grant select on users to anybody;
`;

/** What a person without credentials finds, with what the store says now taken as what was recorded. */
export async function lookInto(
  port: number,
  { database = "metrics", user = "anybody", ...more }: Partial<Inspection> & { readonly database?: string; readonly user?: string } = {},
): Promise<readonly Readable[]> {
  const target = targetOf(`postgres://${user}@127.0.0.1:${port}/${database}`);
  const question = { channel: "plain", names: target.names, host: "127.0.0.1", user: target.user } as const;
  const asked = { target, question, place: { address: "127.0.0.1", port } };
  const recorded = more.recorded ?? (await identitiesOf(asked));
  return inspect({ ...asked, allows: [], person: undefined, ...more, recorded });
}

/** Numbers by the last words of the category. */
export function numbersOf(readable: Readable | undefined): Readonly<Record<string, string>> {
  const text = (count: { readonly kind: string; readonly value: number } | undefined): string =>
    count === undefined ? "unknown" : `${count.kind} ${count.value}`;
  return Object.fromEntries([
    ["records", text(readable?.records)],
    ...(readable?.persons === undefined ? [] : [["persons", text(readable.persons)]]),
    ...(readable?.categories ?? []).map(({ category, records }) => [category.split(".").at(-1), text(records)]),
  ]) as Record<string, string>;
}
