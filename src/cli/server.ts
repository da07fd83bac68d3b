/**
 * The server's root: mirror, metrics, api. It holds the store and has neither the source's credential nor a token key; nothing that is
 * reachable from here may import them. The main thread owns DuckDB, the pipes and the state; HTTP runs in a thread of its own.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Address } from "../api/listen.ts";
import type { OidcSettings } from "../api/oidc.ts";
import { assetsOf } from "../guard/asset.ts";
import { systemClock } from "../lib/clock.ts";
import { crashHook } from "../lib/crash-points.ts";
import { createLog } from "../lib/log.ts";
import type { Log } from "../lib/log.ts";
import { errorCodes } from "../model/error-codes.ts";
import { VitrineError } from "../model/error.ts";
import { removeStaleLocks } from "../mirror/stale-locks.ts";
import { compileMetrics } from "../metrics/compile.ts";
import { sizesFrom } from "../metrics/estimate.ts";
import { guardAlone, isGuardFile, parseDeclaration } from "../policy/declaration.ts";
import type { Declaration } from "../policy/declaration.ts";
import type { Config } from "./config.ts";
import { packageRoot, versionOfVitrine } from "./config.ts";
import { controlPath, httpSocketPath, serveControl } from "./control.ts";
import { guardProcess, plainError } from "./failure.ts";
import { lockState } from "./lock.ts";
import type { PlainError, ServerMessage, SupervisorMessage } from "./messages.ts";
import { AuditJournal } from "./server/audit-journal.ts";
import { commandsOf } from "./server/commands.ts";
import { declaredAssets } from "./server/declared-assets.ts";
import { declarationFor } from "./server/declaration-file.ts";
import { Driver } from "./server/driver.ts";
import { GuardView } from "./server/guard-view.ts";
import type { Http } from "./server/http.ts";
import { startHttp } from "./server/http.ts";
import { openMirror } from "./server/open-mirror.ts";
import { scheduleCompaction, scheduleVerification, scheduleWeighing } from "./server/schedule.ts";
import { Service } from "./server/service.ts";
import type { State } from "./state.ts";
import { openState } from "./state.ts";

type ServerConfig = Omit<Config, "choices">;

/** A server that was killed gives its lock back within this time. */
const lockWaitMs = 10_000;
/** Notes of the audit log stay in their journal for so long at most. */
const auditSettleMs = 30_000;

const log = createLog({
  write: (line) => process.stderr.write(line),
  format: process.env["VITRINE_LOG"] === "text" ? "text" : "json",
  process: "server",
  nowMs: Date.now,
});

function tell(message: ServerMessage): void {
  // A supervisor that has gone is noticed by `disconnect`.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Ends this process; the supervisor starts another one when the failure may pass. */
function fail(error: unknown): void {
  failWith(plainError(error));
}

function failWith(plain: PlainError): void {
  log("error", "server-failed", { ...plain });
  if (!errorCodes[plain.code].retry) tell({ tag: "fatal", error: plain });
  // The message is written before the process ends.
  setTimeout(() => process.exit(1), 20);
}

async function main(): Promise<void> {
  // Whatever is written here, also by the store's engine, is its owner's alone.
  process.umask(0o077);
  guardProcess({ onFailure: failWith, exit: () => undefined });
  // The supervisor alone decides; without it there is nobody to stop us.
  process.on("disconnect", () => process.exit(1));
  const config = JSON.parse(process.argv[2] ?? "{}") as ServerConfig; // eslint-disable-line -- from our own supervisor
  const early: { readonly message: SupervisorMessage; readonly socket: Socket | undefined }[] = [];
  let hear = (message: SupervisorMessage, socket: Socket | undefined): void => void early.push({ message, socket });
  process.on("message", (message, handle) => hear(message as SupervisorMessage, handle instanceof Socket ? handle : undefined)); // eslint-disable-line -- our own supervisor's messages
  const lock = lockState(config.stateFolder, "server", lockWaitMs);
  // Stores are opened by the server alone. Theirs name a process, whose number may be another's by now, and whose start a server
  // may not look up.
  removeStaleLocks(join(config.stateFolder, "mirror"));
  const state = openState({ folder: config.stateFolder, now: Date.now, random: () => randomUUID().replaceAll("-", "") });
  const running = await start(config, state);
  let isStopping = false;
  const stop = (): void => {
    if (!isStopping) void stopInOrder({ ...running, state, lock }).catch(fail);
    isStopping = true;
  };
  process.on("SIGTERM", stop);
  hear = (message, socket) => {
    switch (message.tag) {
      case "pipe":
        if (socket !== undefined) void running.driver.takePipe(message.generation, socket);
        return;
      case "reader-ended":
        running.driver.readerEnded(message);
        return;
      case "guard-ended":
        running.guard.ended(message);
        return;
      case "stop":
        stop();
    }
  };
  for (const { message, socket } of early) hear(message, socket);
}

interface Running {
  readonly driver: Driver;
  readonly http: Http;
  readonly service: Service;
  readonly guard: GuardView;
}

async function start(config: ServerConfig, state: State): Promise<Running> {
  const text = readFileSync(config.configFile, "utf8");
  // Of assets alone there is nothing to copy: no reader, no mirror, and no metric.
  const isAlone = isGuardFile(text, config.configFile);
  const declaration = isAlone ? guardAlone(text, config.configFile) : parseDeclaration(text, config.configFile);
  const version = versionOfVitrine();
  const journal = await AuditJournal.open(config.stateFolder);
  const service = new Service({ state, journal, version, startedAtMs: Date.now(), nowMs: Date.now });
  const driver = newDriver({ config, state, declaration, text, service });
  service.bind(driver);
  // What a process before this one had noted, and not yet brought there.
  await service.audit.settle();
  let tellGuardEvent: Http["tellGuardEvent"] = () => undefined;
  const guard = new GuardView({
    state,
    assets: declaredAssets(config.configFile, assetsOf(declaration.assets)),
    nowMs: Date.now,
    onChange: (event) => tellGuardEvent(event),
  });
  const http = await startHttp({
    backend: { ...service.backend, ...guard.backend, ...(isAlone ? guard.alone : {}) },
    addresses: addressesOf(config),
    hosts: config.allowedHosts,
    version,
    tokens: tokensOf(state),
    sessions: state.sessions().map((session) => ({ ...session, role: session.role as "viewer" })), // eslint-disable-line -- written by openSession alone
    oidc: oidcOf(declaration, process.env["VITRINE_OIDC_CLIENT_SECRET"]),
    webFolder: join(packageRoot(), "dist", "web"),
    log,
    onDeath: () => fail(new Error("bug: the HTTP thread ended")),
  });
  tellGuardEvent = (event) => http.tellGuardEvent(event);
  const path = ownerSocket(config);
  await serveControl(
    path,
    commandsOf({
      service,
      driver,
      state,
      onTokens: () => http.setTokens(tokensOf(state)),
      onSessionEnd: (sha256) => http.endSession(sha256),
      address: () => http.urls[0] ?? "",
      watch: () => (declaration.assets.length === 0 ? undefined : guard.watch()),
      onReload: () => reload(config, text),
      nowMs: Date.now,
    }),
  );
  setInterval(() => void service.audit.settle().catch(fail), auditSettleMs).unref();
  if (!isAlone) {
    await driver.start();
    scheduleCompaction({ service, hour: config.compactHour, nowMs: Date.now, log });
    scheduleVerification({ service, everyMs: config.verifyEveryMs, log });
    scheduleWeighing({ service, log });
  }
  tell({ tag: "ready", address: http.urls[0] ?? "", socket: path });
  log("info", "ready", { address: http.urls[0], socket: path });
  return { driver, http, service, guard };
}

function newDriver({
  config,
  state,
  declaration,
  text,
  service,
}: {
  readonly config: ServerConfig;
  readonly state: State;
  readonly declaration: Declaration;
  readonly text: string;
  readonly service: Service;
}): Driver {
  return new Driver({
    state,
    openMirror: async ({ folder, generation, mustExist }) => {
      const its = declarationFor(folder, { declaration, text });
      const mirror = await openMirror({
        folder,
        generation,
        mustExist,
        memoryMb: config.memoryMb,
        cells: (schema, sizes) => compileMetrics({ declaration: its, schema, sizes: sizesFrom(sizes) }).cells,
      });
      return { mirror, declaration: its };
    },
    tell,
    nowMs: Date.now,
    log,
    crash: crashHook(process.env["VITRINE_CRASH_AT"], () => process.kill(process.pid, "SIGKILL")),
    policyHash: declaration.policyHash,
    onProof: (verdicts, request) => void service.keepProof(verdicts, request).catch(fail),
    onVerify: async (host, message) => service.verification.take(host, message),
    onVerifyWanted: (host, tables) => void service.verifyAfterEpoch(host, tables).catch((error: unknown) => logFailure(log, error)),
    onStoreFailure: fail,
  });
}

/** What is in the file now is served by the process that follows this one; the answer goes out before we end. */
function reload({ configFile }: ServerConfig, known: string): boolean {
  const text = readFileSync(configFile, "utf8");
  if (text === known) return false;
  if (isGuardFile(text, configFile)) guardAlone(text, configFile);
  else parseDeclaration(text, configFile);
  setTimeout(() => fail(new VitrineError("cli/config-changed", { message: "vitrine.yaml is another one than at our start." })), 50);
  return true;
}

function logFailure(to: Log, error: unknown): void {
  to("warn", "verify-failed", { ...plainError(error) });
}

function addressesOf(config: ServerConfig): readonly Address[] {
  const { host, port } = config.listen;
  const tls = config.tls === undefined ? {} : { tls: { cert: config.tls.certFile, key: config.tls.keyFile } };
  const path = httpSocketPath(config.stateFolder);
  return [{ tag: "tcp", host, port, ...tls }, ...(path === undefined ? [] : [{ tag: "unix", path } as const])];
}

function ownerSocket(config: ServerConfig): string {
  return controlPath(config.stateFolder, { folder: tmpdir(), uid: userInfo().uid });
}

/** Without a secret the client is a public one, held by PKCE. */
function oidcOf({ login }: Declaration, clientSecret: string | undefined): OidcSettings | undefined {
  return login === undefined ? undefined : { ...login, clientSecret: clientSecret === "" ? undefined : clientSecret };
}

function tokensOf(state: State) {
  return state.tokens().map((token) => ({
    name: token.name,
    role: token.role as "viewer", // eslint-disable-line -- written by the token command alone
    sha256: token.hash,
    ...(token.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
  }));
}

async function stopInOrder(running: Running & { readonly state: State; readonly lock: Disposable }): Promise<void> {
  // The store's close may take its time; after this nobody waits any longer.
  setTimeout(() => process.exit(0), 2_500);
  await running.service.audit.close();
  await running.driver.close();
  running.guard[Symbol.dispose]();
  running.state[Symbol.dispose]();
  running.lock[Symbol.dispose]();
  await systemClock.sleep(0);
  process.exit(0);
}

await main().catch(fail);
