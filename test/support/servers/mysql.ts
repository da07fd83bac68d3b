/** MariaDB of Debian, and MySQL 5.5.9 as its maker has published it for Maven: one server with an account for each fixture. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { check } from "../../../src/guard/checks/check.ts";
import type { Seen } from "../../../src/guard/ladder.ts";
import { targetOf } from "../../../src/guard/target.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { makeCertificate } from "../certificate.ts";
import { folderOf, unpacked } from "./distributions.ts";
import type { Fixture, Running } from "./fixture.ts";
import { logFile } from "./log-file.ts";
import { needsNamespace, openNamespace } from "./namespace.ts";
import { debian, program } from "./need.ts";
import { theOne } from "./one-at-a-time.ts";
import { account, freePort, giveToServer, serverFolder, startProcess, untilReady } from "./process.ts";

const mariadbd = "/usr/sbin/mariadbd";
export const needsMariadb = debian("mariadb-server", program(mariadbd));
export const needsMariadbAndNamespace = [needsMariadb, needsNamespace];
const mysql55 = "mysql-5.5.9";
export const needsMysql55 = [debian("maven", program("/usr/bin/mvn")), debian("unzip", program("/usr/bin/unzip")), unpacked(mysql55)];

/** Both makers' servers take these; 5.5 has no IF NOT EXISTS. */
const accounts = [
  "create database metrics;",
  "create table metrics.people (user_id int, email varchar(99), phone int);",
  "grant all on metrics.* to 'openuser'@'%' identified by '';",
  // What its owner planted, and beside it what nobody did.
  "create database vitrine;",
  "create table vitrine.canary (value varchar(64));",
  "insert into vitrine.canary values ('not-planted'), ('vitrine-0123456789abcdef0123456789abcdef');",
  "grant select on vitrine.canary to 'openuser'@'%';",
  "grant all on metrics.* to 'bypassword'@'%' identified by 'made-up';",
  // Let in without a password, and into no database.
  "grant usage on *.* to 'bare'@'%' identified by '';",
  "grant select on *.* to 'everywhere'@'%' identified by '';",
  "grant all on metrics.* to 'intls'@'%' identified by '' require ssl;",
];
const accountsOfMariadb = [
  "create user 'byprocess'@'%' identified via unix_socket;",
  "install soname 'auth_ed25519';",
  "create user 'byed25519'@'%' identified via ed25519 using password('made-up');",
  "create user 'locked'@'%' identified by '' account lock;",
];

export type Kind = "MySQL" | "MariaDB" | "MariaDB without TLS" | "MariaDB that asks for TLS" | "MariaDB that counts";

export interface Known extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Its administrator has no password there. */
  readonly socket: string;
  /** Its general_log. */
  readonly queries: string;
  readonly version: string;
}

/** A server of this kind with its accounts, made anew. */
export async function startMysql(kind: Kind): Promise<Known> {
  using ends = new DisposableStack();
  const namespace = kind === "MariaDB that counts" ? ends.use(openNamespace()) : undefined;
  const host = namespace?.address ?? "127.0.0.1";
  const port = namespace === undefined ? await freePort() : 3_306;
  const folder = serverFolder("mysql");
  const command = kind === "MySQL" ? commandOfMysql(folder) : commandOfMariadb(folder, kind);
  const init = ours(join(folder, "accounts.sql"), [...accounts, ...(kind === "MySQL" ? [] : accountsOfMariadb), ""].join("\n"));
  const queries = join(folder, "queries.log");
  const common = [
    "--general-log=1",
    `--general-log-file=${queries}`,
    `--port=${port}`,
    `--bind-address=${host}`,
    `--socket=${join(folder, "sock")}`,
    `--init-file=${init}`,
  ];
  const server = startProcess({
    command: [...command, ...common],
    folder,
    ...(namespace && { inside: [...namespace.run, ...whereWeHaveAName(folder, host)] }),
  });
  // No look at its port: a connection without a login is what it counts.
  await untilReady(
    server,
    async () => existsSync(server.logFile) && readFileSync(server.logFile, "utf8").includes("ready for connections"),
    30_000,
  );
  const version = execFileSync(command[0] ?? "", ["--version"], { encoding: "utf8" });
  const later = ends.move();
  return {
    host,
    port,
    socket: join(folder, "sock"),
    queries,
    version: /Ver (\d+\.\d+\.\d+)/.exec(version)?.[1] ?? "?",
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      later.dispose();
    },
  };
}

/** Errors are counted by names that were looked up: where nobody answers that, none are. Of the cable's two ends ours is the lower. */
function whereWeHaveAName(folder: string, host: string): readonly string[] {
  const ourEnd = host.replace(/\d+$/, (last) => String(Number(last) - 1));
  const file = join(folder, "hosts");
  writeFileSync(file, `127.0.0.1 localhost\n${ourEnd} guard.example\n`, { mode: 0o644 });
  // In the namespace's own view of the files alone.
  return ["/bin/sh", "-c", `mount --bind ${file} /etc/hosts && exec "$@"`, "server"];
}

function ours(file: string, text: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  giveToServer(file);
  return file;
}

function commandOfMariadb(folder: string, kind: Kind): readonly string[] {
  const data = join(folder, "data");
  const settings = ["--no-defaults", `--datadir=${data}`, "--innodb-buffer-pool-size=16M"];
  const made = ["--auth-root-authentication-method=normal", "--skip-test-db"];
  execFileSync("/usr/bin/mariadb-install-db", [...settings, ...made], {
    stdio: "ignore",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    ...account(),
  });
  const command = [mariadbd, ...settings];
  // Names are looked up where errors are counted: by address alone they are not.
  if (kind === "MariaDB that counts") return [...command, "--max-connect-errors=5", "--skip-ssl"];
  if (kind === "MariaDB without TLS") return [...command, "--skip-name-resolve", "--skip-ssl"];
  const { cert, key } = makeCertificate(11);
  const tls = [`--ssl-cert=${ours(join(folder, "crt.pem"), cert)}`, `--ssl-key=${ours(join(folder, "key.pem"), key)}`];
  return [...command, "--skip-name-resolve", ...tls, ...(kind === "MariaDB" ? [] : ["--require-secure-transport=ON"])];
}

/** What lies in the jar are jars again. */
function commandOfMysql(folder: string): readonly string[] {
  const from = join(folderOf(mysql55), "5-5-9");
  const [binary, data, share] = [join(folder, "mysqld"), join(folder, "data"), join(folder, "share")];
  cpSync(join(from, "Linux-x86_64/mysqld"), binary);
  execFileSync("/bin/chmod", ["755", binary]);
  for (const [archive, into] of [
    ["data_dir.jar", data],
    ["share_dir.jar", share],
  ] as const) {
    mkdirSync(into);
    execFileSync("/usr/bin/unzip", ["-q", "-o", join(from, archive), "-d", into], { stdio: "ignore" });
  }
  if (process.getuid?.() === 0) execFileSync("/bin/chown", ["-R", "65534:65534", data]);
  return [
    binary,
    "--no-defaults",
    `--basedir=${folder}`,
    `--datadir=${data}`,
    `--lc-messages-dir=${join(share, "share")}`,
    "--skip-name-resolve",
  ];
}

interface Case {
  readonly kind: Kind;
  readonly user: string;
  readonly databases?: string;
  readonly expected: Seen;
  /** What is done to the server before it is asked. */
  readonly before?: (known: Known) => Promise<void>;
}

const mysql =
  ({ kind, user, databases = "metrics", expected, before }: Case): Fixture["start"] =>
  async (): Promise<Running> => {
    const known = await theOne(before === undefined ? kind : `${kind}, ${expected}`, () => startMysql(kind));
    await before?.(known);
    return {
      ownLog: logFile("general_log", known.queries, (line) => /^(?:\d{6} +\d+:\d\d:\d\d)?\t+ *\d+ ([A-Z].*)$/.exec(line)?.[1]),
      url: `mysql://${user}@${known.host}:${known.port}/${databases}`,
      title: kind === "MySQL" ? "MySQL" : "MariaDB",
      version: known.version,
      evidence: "vendor",
      expected,
      // It goes with the next one that is started, or at the end (endTheOne).
      [Symbol.asyncDispose]: async () => undefined,
    };
  };

type Of = Omit<Case, "kind">;
const openUser: Of = { user: "openuser", expected: "anonymous-accepted" };
const byPassword: Of = { user: "bypassword", expected: "closed" };

export const mysqlOpen = (kind: Kind): Fixture["start"] => mysql({ kind, ...openUser });
export const mysqlOpenWithoutDatabase = (kind: Kind): Fixture["start"] => mysql({ kind, ...openUser, databases: "" });
export const mysqlPassword = (kind: Kind): Fixture["start"] => mysql({ kind, ...byPassword });
export const mysqlNoSuchUser = (kind: Kind): Fixture["start"] => mysql({ kind, user: "nosuchuser", expected: "closed" });
/** 1044 and 1049: past the login, which is then proven by another one. */
export const mysqlNoRights = (kind: Kind): Fixture["start"] => mysql({ kind, user: "bare", expected: "anonymous-accepted" });
export const mysqlNoSuchDatabase = (kind: Kind): Fixture["start"] =>
  mysql({ kind, user: "everywhere", databases: "nosuch,missing", expected: "anonymous-accepted" });
/** The last one of those that were named. */
export const mysqlOneOfMany = (kind: Kind): Fixture["start"] =>
  mysql({ kind, user: "openuser", databases: "mysql,nosuch,metrics", expected: "anonymous-accepted" });
export const mariadbOpenInTlsAlone = mysql({ kind: "MariaDB", user: "intls", expected: "anonymous-accepted" });
export const mariadbByProcess = mysql({ kind: "MariaDB", user: "byprocess", databases: "", expected: "closed" });
/** Its proof is made of the server's nonce, also for an empty password: it is not tried. */
export const mariadbEd25519 = mysql({ kind: "MariaDB", user: "byed25519", databases: "", expected: "unknown" });
export const mariadbLocked = mysql({ kind: "MariaDB", user: "locked", databases: "", expected: "unknown" });

/** Somebody else at our address broke off its connections: no answer is of the account any more. */
export const mariadbBlocked = mysql({
  kind: "MariaDB that counts",
  ...byPassword,
  expected: "unknown",
  async before({ host, port }) {
    for (let i = 0; i < 7; i += 1) await leaveAtTheGreeting(host, port);
  },
});

/** The guard itself, over and over, in both channels: it is not blocked by it. */
export const mariadbNotBlocked = mysql({
  kind: "MariaDB that counts",
  ...byPassword,
  async before({ host, port }) {
    for (let i = 0; i < 12; i += 1) await check(targetOf(`mysql://bypassword@${host}:${port}/metrics`), systemClock);
  },
});

async function leaveAtTheGreeting(host: string, port: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect({ host, port });
  socket.setTimeout(10_000, () => socket.destroy());
  socket.once("data", () => socket.destroy());
  socket.on("error", () => undefined);
  socket.once("close", () => resolve());
  return promise;
}
