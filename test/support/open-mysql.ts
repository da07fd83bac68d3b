/** A MySQL or MariaDB that lets an account in without a password, with tables of which it is known how many rows have what. */
import { spawn } from "node:child_process";
import type { Inspection } from "../../src/guard/readable/inspect.ts";
import { identitiesOf, inspect } from "../../src/guard/readable/inspect.ts";
import type { Readable } from "../../src/guard/readable/readable.ts";
import { targetOf } from "../../src/guard/target.ts";
import { planted } from "./open-postgres.ts";
import type { Kind, Known } from "./servers/mysql.ts";
import { startMysql } from "./servers/mysql.ts";

export interface OpenMysql extends AsyncDisposable {
  readonly server: Known;
  /** As the administrator. */
  run(sql: string): Promise<void>;
}

export async function openMysql(kind: Kind): Promise<OpenMysql> {
  const server = await startMysql(kind);
  const run = async (sql: string): Promise<void> => {
    const flags = ["--no-defaults", `--socket=${server.socket}`, "--user=root", "--default-character-set=utf8mb4", "--binary-mode"];
    const client = spawn("/usr/bin/mariadb", flags, { stdio: ["pipe", "ignore", "pipe"] });
    let said = "";
    client.stderr.on("data", (bytes: Buffer) => (said += bytes.toString("utf8")));
    client.stdin.end(sql);
    const code = await new Promise((resolve) => client.once("exit", resolve));
    if (code !== 0) throw new Error(said);
  };
  return { server, run, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** The same numbers as open-postgres.ts's. */
export const usersTable = `
create table numbers (i int); insert into numbers values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
create table users (user_id bigint primary key, email varchar(200), access_token text, weight decimal(5, 1), height decimal(5, 1), gender varchar(60), email_verified tinyint(1)) engine = InnoDB;
insert into users select i, if(i <= 60, null, if(i <= 100, '', concat('${planted}-', i, '@example.com'))),
  if(i <= 240, concat('${planted}-token-', i), null), if(i > 860, 70, null), if(i > 860, 170, null), '${planted}', 1
from (select a.i * 100 + b.i * 10 + c.i + 1 as i from numbers as a, numbers as b, numbers as c) as all_of_them;
drop table numbers;
`;

/** What a person without credentials finds; whose it is is taken as recorded. */
export async function lookInto(
  { server }: OpenMysql,
  { database = "metrics", user = "openuser", ...more }: Partial<Inspection> & { readonly database?: string; readonly user?: string } = {},
): Promise<readonly Readable[]> {
  const target = targetOf(`mysql://${user}@${server.host}:${server.port}/${database}`);
  const question = { channel: "plain", names: target.names, host: server.host, user: target.user } as const;
  const asked = { target, question, place: { address: server.host, port: server.port } };
  const recorded = more.recorded ?? (await identitiesOf(asked));
  return inspect({ ...asked, allows: [], person: undefined, ...more, recorded });
}
