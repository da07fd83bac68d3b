/**
 * The demonstration that `npm start` runs: a PostgreSQL of its own, the smart-home company's database in it, Vitrine set up on it and
 * running, a simulator that keeps it alive, and the live view. All of it ends with this process.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { extname, join } from "node:path";
import { Client } from "pg";
import { createWorld, worldExists } from "../../examples/smart-home/world.ts";
import type { WorldProgress } from "../../examples/smart-home/world.ts";
import { assetsOf } from "../guard/asset.ts";
import { must } from "../lib/assert.ts";
import { systemClock } from "../lib/clock.ts";
import { createLog } from "../lib/log.ts";
import type { Log } from "../lib/log.ts";
import type { GenerationReport, StatusReport } from "../metrics/status-report.ts";
import { VitrineError } from "../model/error.ts";
import { parseAssetsOf } from "../policy/declaration.ts";
import { applyOnce, openAdmin } from "./commands/administer.ts";
import type { CommandContext, Terminal } from "./commands/command.ts";
import { makeKeys } from "./commands/keys.ts";
import { watchUntil } from "./commands/watch.ts";
import type { Config, DemoInfo } from "./config.ts";
import { demoFolderName, demoInfoFile, packageRoot, readConfig } from "./config.ts";
import type { ControlClient } from "./control.ts";
import { connectControl, controlPath } from "./control.ts";
import type { Incident } from "./demo/incident.ts";
import { assetName, prepareIncident } from "./demo/incident.ts";
import { playStory } from "./demo/incident/story.ts";
import { memoryOf } from "./demo/memory.ts";
import { startPostgres } from "./demo/postgres-launcher.ts";
import { readerRole } from "./reader/prepare.ts";
import { recordIdentities } from "./guard/identity/adding.ts";
import { basicAuthorization } from "./guard/looks/store-login.ts";
import { bytes, duration, integer } from "./render.ts";
import { run, signals } from "./run.ts";
import { writeSecret } from "./secret-file.ts";
import { openState } from "./state.ts";

export interface DemoOptions {
  readonly context: CommandContext;
  readonly isIncident: boolean;
  readonly accounts: string | undefined;
  readonly attempts: string | undefined;
  readonly rate: string | undefined;
  readonly seed: string | undefined;
}

const databaseName = "smart_home";
const secretsName = "secrets";
/** What the demonstration's own server keeps for a slot at most: its disk is the user's. */
const slotKeep = "4GB";
/** The printed link works for a day, once; `vitrine link` makes another. */
const linkMinutes = 1_440;

export async function runDemo(options: DemoOptions): Promise<number> {
  const { context } = options;
  const { terminal } = context;
  const { stop, kill } = signals();
  const started = performance.now();
  const folder = demoFolder(context.workingFolder);
  const sizes = {
    accounts: whole("accounts", options.accounts),
    attempts: whole("attempts", options.attempts),
    seed: whole("seed", options.seed),
  };
  const rate = whole("rate", options.rate) ?? 50;
  terminal.error("Starting PostgreSQL …\n");
  await using postgres = await startPostgres({ folder: join(folder, "postgres"), settings: { max_slot_wal_keep_size: slotKeep } });
  const info = await infoOf(postgres.url, folder);
  writeSecret(demoInfoFile(context.workingFolder), `${JSON.stringify(info)}\n`);
  if (!(await makeWorldOnce({ url: info.adminUrl, sizes, terminal, stop }))) return 0;
  const secretsFolder = join(folder, secretsName);
  await using incident = options.isIncident
    ? await prepareIncident({ url: info.adminUrl, folder, secretsFolder, terminal, stop })
    : undefined;
  const config = demoConfiguration(context, incident);
  await makeKeys(config);
  await using admin = await openAdmin(info.adminUrl, {});
  await applyOnce({ ...admin, config, newPassword: false });
  await admin.session.close();
  terminal.error(`The database is ready after ${duration(performance.now() - started)}. Log: ${join(demoFolderName, "vitrine.log")}\n`);
  await runAndWatch({ context, config, info, incident, rate, stop, kill, logFile: join(folder, "vitrine.log") });
  terminal.error("Stopping …\n");
  return 0;
}

/**
 * As root, PostgreSQL runs as another account, which must be able to go through the folder to its data: so it is open for passing,
 * and not for looking. Keys and password lie in a folder of their own that is closed.
 */
function demoFolder(workingFolder: string): string {
  const folder = join(workingFolder, demoFolderName);
  for (const [path, mode] of [
    [folder, 0o711],
    [join(folder, secretsName), 0o700],
  ] as const) {
    mkdirSync(path, { recursive: true, mode });
    chmodSync(path, mode);
  }
  return folder;
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[\d_]{1,12}$/.test(text)) throw new VitrineError("cli/usage", { message: "A size is a whole number.", place: `--${name}` });
  return Number(text.replaceAll("_", ""));
}

async function infoOf(url: string, folder: string): Promise<DemoInfo> {
  const admin = new URL(url);
  await createDatabase(url);
  admin.pathname = `/${databaseName}`;
  const source = new URL(admin);
  source.username = readerRole;
  source.password = "";
  return {
    adminUrl: admin.toString(),
    sourceUrl: source.toString(),
    passwordFile: join(folder, secretsName, "reader.pass"),
    keysFile: join(folder, secretsName, "keys"),
  };
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  } finally {
    await client.end();
  }
}

/** False when it was stopped meanwhile. */
async function makeWorldOnce(options: {
  readonly url: string;
  readonly sizes: Readonly<Record<"accounts" | "attempts" | "seed", number | undefined>>;
  readonly terminal: Terminal;
  readonly stop: AbortSignal;
}): Promise<boolean> {
  const { url, terminal, stop } = options;
  if ((await worldExists({ url })) || stop.aborted) return !stop.aborted;
  const sizes = Object.fromEntries(Object.entries(options.sizes).filter(([, value]) => value !== undefined)) as {
    accounts?: number;
    attempts?: number;
    seed?: number;
  };
  const stopped = Promise.withResolvers<undefined>();
  stop.addEventListener("abort", () => stopped.resolve(undefined), { once: true });
  const summary = await Promise.race([createWorld({ url, ...sizes, now: new Date(), onProgress: progressOn(terminal) }), stopped.promise]);
  if (summary === undefined) return false;
  const rows = Object.values(summary.rows).reduce((sum, count) => sum + count, 0);
  terminal.error(
    `${terminal.isTerminal ? "\r\u001b[K" : ""}Made the example's database: ${integer(rows)} rows in ${summary.seconds.toFixed(1)} s.\n`,
  );
  return true;
}

function progressOn(terminal: Terminal): (progress: WorldProgress) => void {
  let shownAt = 0;
  return (progress) => {
    const now = performance.now();
    if (now - shownAt < (terminal.isTerminal ? 200 : 5_000) || progress.phase === "done") return;
    shownAt = now;
    const left = progress.secondsLeft === undefined ? "" : `, about ${Math.ceil(progress.secondsLeft)} s left`;
    const words = `Making the example's database: ${progress.table} ${integer(progress.done)} of ${integer(progress.total)}${left}`;
    terminal.error(terminal.isTerminal ? `\r\u001b[K${words}` : `${words}\n`);
  };
}

/** Whatever the environment says of other databases does not concern the demonstration. */
function demoConfiguration(context: CommandContext, incident: Incident | undefined): Config {
  const environment = { ...context.environment, VITRINE_SOURCE_URL: undefined, VITRINE_KEYS: undefined, VITRINE_PASSWORD_FILE: undefined };
  const given = (name: string): Record<string, string> =>
    typeof context.values[name] === "string" ? { [name]: context.values[name] } : {};
  const flags = {
    ...given("state"),
    ...given("listen"),
    ...given("memory"),
    config: incident?.configFile ?? join(packageRoot(), "examples/smart-home/vitrine.yaml"),
    ...(incident === undefined ? {} : { webhook: incident.receiver.url, "webhook-secret": incident.webhookSecretFile }),
  };
  return readConfig({ flags, environment, workingFolder: context.workingFolder, needsFile: true });
}

interface WatchRun {
  readonly context: CommandContext;
  readonly config: Config;
  readonly info: DemoInfo;
  readonly incident: Incident | undefined;
  readonly rate: number;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly logFile: string;
}

async function runAndWatch(options: WatchRun): Promise<void> {
  const { context, config, stop, kill } = options;
  const logFd = openSync(options.logFile, "a", 0o600);
  const log = createLog({ write: (line) => void writeSync(logFd, line), format: "json", process: "supervisor", nowMs: Date.now });
  const environment = {
    ...context.environment,
    VITRINE_SOURCE_URL: undefined,
    PGPASSWORD: undefined,
    PGPASSFILE: undefined,
    VITRINE_LOG: "json",
  };
  let ready: () => void = () => undefined;
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const over = new AbortController();
  stop.addEventListener("abort", () => over.abort(), { once: true });
  if (stop.aborted) over.abort();
  const pids = new Map<string, number>();
  const running = run({
    config,
    environment,
    stderr: logFd,
    log,
    onChild: (role, pid) => void pids.set(role, pid),
    onReady: () => ready(),
    stop: over.signal,
    kill,
  }).finally(() => over.abort());
  keepSimulator(options.info.adminUrl, options.rate, over.signal);
  try {
    await Promise.race([isReady, running]);
    if (!over.signal.aborted) void sayWhenTrusted({ context, config, pids, stop: over.signal, log });
    if (over.signal.aborted) return;
    if (options.incident === undefined) await watchAgainAndAgain({ context, config, stop: over.signal });
    else await playIncident({ context, config, incident: options.incident, stop: over.signal });
  } finally {
    over.abort();
    await running.finally(() => closeSync(logFd));
  }
}

/** Says how a snapshot of this start went, from its beginning: rows/s until it was loaded, first trusted answer, memory, bytes a row. Into the log and on stderr. */
async function sayWhenTrusted(options: {
  readonly context: CommandContext;
  readonly config: Config;
  readonly pids: ReadonlyMap<string, number>;
  readonly stop: AbortSignal;
  readonly log: Log;
}): Promise<void> {
  const { context, config, pids, stop } = options;
  const path = controlPath(config.stateFolder, { folder: tmpdir(), uid: userInfo().uid });
  try {
    using server = await connectControl(path, config.stateFolder);
    let peakBytes = 0;
    while (!stop.aborted) {
      peakBytes = Math.max(peakBytes, memoryOf(pids.values()) ?? 0);
      const status = (await server.ask("status")) as unknown as StatusReport; // eslint-disable-line -- our own server's answer
      const shown = status.generations.find((one) => one.generation === status.serving);
      // A copy that was there before is not measured.
      if (shown?.phase === "ready" && shown.snapshot === undefined) return;
      const { loadedMs, trustedMs } = shown?.snapshot ?? {};
      if (shown !== undefined && loadedMs !== undefined && trustedMs !== undefined) {
        const message = copyText(shown, { loadedMs, trustedMs, peakBytes });
        options.log("info", "first-trusted-answer", { message });
        if (!context.terminal.isTerminal) context.terminal.error(`${message}\n`);
        return;
      }
      await systemClock.sleep(100, stop);
    }
  } catch {
    // The server was started again in between: there is nothing to measure.
  }
}

function copyText(
  copy: GenerationReport,
  measured: { readonly loadedMs: number; readonly trustedMs: number; readonly peakBytes: number },
): string {
  const rows = Object.values(copy.rows).reduce((sum, count) => sum + count, 0);
  const memory = measured.peakBytes === 0 ? "not known on this system" : `${integer(Math.round(measured.peakBytes / 2 ** 20))} MiB`;
  const speed = `loaded after ${duration(measured.loadedMs)} (${integer((rows / measured.loadedMs) * 1000)} rows/s), first trusted answer after ${duration(measured.trustedMs)}`;
  return `${integer(rows)} rows: ${speed}; peak memory of reader and server together ${memory}; the copy has ${bytes(copy.bytes)}, ${(copy.bytes / Math.max(1, rows)).toFixed(1)} bytes a row.`;
}

/** The story once; then the dashboard goes on showing it until it is stopped. */
async function playIncident(options: {
  readonly context: CommandContext;
  readonly config: Config;
  readonly incident: Incident;
  readonly stop: AbortSignal;
}): Promise<void> {
  const { context, config, incident, stop } = options;
  const { terminal } = context;
  const path = controlPath(config.stateFolder, { folder: tmpdir(), uid: userInfo().uid });
  {
    using server = await connectControl(path, config.stateFolder);
    terminal.error(`${await headlineOf(server)}\n`);
  }
  using state = openState({ folder: config.stateFolder, now: Date.now, random: () => randomUUID().replaceAll("-", "") });
  const assets = assetsOf(parseAssetsOf(readFileSync(config.configFile, "utf8"), config.configFile));
  const { user, password } = incident.cluster.login;
  await recordIdentities(assets, state, basicAuthorization(`${user}:${password}`));
  terminal.error("Recorded which cluster it is, with its own login (`vitrine guard add`).\n");
  const exportFile = join(config.stateFolder, "..", `incident-${Date.now()}.jsonl`);
  const { cluster, receiver } = incident;
  const isOver = await playStory({
    terminal,
    cluster,
    receiver,
    asset: assetName,
    state,
    ledgerKeyFile: config.ledgerKeyFile,
    exportFile,
    stop,
  });
  if (!isOver || stop.aborted) return;
  terminal.error("The dashboard goes on; Ctrl-C ends all of it.\n");
  await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
}

/** The view goes on over a restart of the server. */
async function watchAgainAndAgain({
  context,
  config,
  stop,
}: {
  readonly context: CommandContext;
  readonly config: Config;
  readonly stop: AbortSignal;
}): Promise<void> {
  const path = controlPath(config.stateFolder, { folder: tmpdir(), uid: userInfo().uid });
  while (!stop.aborted) {
    try {
      using server = await connectControl(path, config.stateFolder);
      const headline = await headlineOf(server);
      if (!context.terminal.isTerminal || context.json) context.terminal.error(`${headline}\n`);
      await watchUntil({ server, terminal: context.terminal, json: context.json, stop, headline });
    } catch (error) {
      if (!(error instanceof VitrineError) || error.code !== "cli/not-running") throw error;
      await systemClock.sleep(500, stop);
    }
  }
}

/** With a link for one log-in. One-time codes do not outlive the server, so that each of them has its own. */
async function headlineOf(server: ControlClient): Promise<string> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's answer
  const link = (await server.ask("link", { name: "demonstration", role: "admin", minutes: linkMinutes })) as { readonly url: string };
  return `Open ${link.url}`;
}

/** In a process of its own, as the application would be, started again when it ends. It ends when its database goes away. */
function keepSimulator(url: string, rate: number, stop: AbortSignal): void {
  if (rate === 0 || stop.aborted) return;
  const seed = Math.floor(Date.now() / 1000) % 1_000_000_000;
  const file = join(import.meta.dirname, "..", "..", "examples", "smart-home", `simulate${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [file, "--rate", String(rate), "--seed", String(seed)], {
    detached: true,
    stdio: "ignore",
    env: { PATH: must(process.env["PATH"], "PATH"), VITRINE_ADMIN_URL: url },
  });
  child.on("error", () => undefined);
  const end = (): void => void child.kill("SIGTERM");
  stop.addEventListener("abort", end, { once: true });
  child.on("exit", () => {
    stop.removeEventListener("abort", end);
    setTimeout(() => keepSimulator(url, rate, stop), 2_000).unref();
  });
}
