/** Starts the real processes: each in its own process group, with the environment, files and rights that its work needs and no more. */
import { threadLink } from "../lib/thread-priority.ts";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, extname, join } from "node:path";
import type { Config } from "./config.ts";
import { packageRoot } from "./config.ts";
import { controlPath } from "./control.ts";
import { listenersOfLinux } from "./guard/listeners-here.ts";
import { errorCodes } from "../model/error-codes.ts";
import type { GuardMessage, PlainError, ServerMessage, SupervisorMessage } from "./messages.ts";
import type { Child, Ended, WantedReader } from "./supervisor.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface ChildOptions {
  readonly config: Config;
  readonly environment: Environment;
  /** Where the children's standard error goes: ours, or a file's descriptor. */
  readonly stderr: "inherit" | number;
}

const everywhere = ["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "NODE_EXTRA_CA_CERTS", "VITRINE_CRASH_AT", "VITRINE_LOG"];
/** The names, not the values, of what only the reader may see. */
const readerOnly = [
  "VITRINE_SOURCE_URL",
  "VITRINE_KEYS",
  "CREDENTIALS_DIRECTORY",
  "PGPASSWORD",
  "PGPASSFILE",
  "PGSSLROOTCERT",
  "PGSSLMODE",
];

/**
 * For the C library where it is glibc: buffers from so many bytes on go back to the system when they are freed, instead of leaving holes
 * between small ones. The reader's are those of its socket; the server's engine takes and gives smaller ones all the time.
 */
const allocation = (bytes: number): Record<string, string> => ({ MALLOC_MMAP_THRESHOLD_: String(bytes) });

/** Young objects are few beside the column buffers, which live outside of the heap and are collected with them. */
const youngHeap = "--max-semi-space-size=4";

/** Ours at the issuer of people's log-in; says nothing about the source. */
const serverOnly = ["VITRINE_OIDC_CLIENT_SECRET"];

/** Never a way to the source, never a key. */
function serverEnvironment(environment: Environment): Record<string, string> {
  return { ...pick(environment, [...everywhere, ...serverOnly]), ...allocation(1 << 20) };
}

function readerEnvironment(environment: Environment): Record<string, string> {
  return { ...pick(environment, [...everywhere, ...readerOnly]), ...allocation(16 << 10) };
}

function pick(environment: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));
}

/** `server.ts` in the clone, `server.js` in the package. */
function entry(name: string): string {
  return join(import.meta.dirname, `${name}${extname(import.meta.filename)}`);
}

export function startServer(options: ChildOptions, onMessage: (message: ServerMessage) => void): Child {
  const child = spawn(process.execPath, [...serverRights(options.config), entry("server"), JSON.stringify(childConfig(options.config))], {
    detached: true,
    env: serverEnvironment(options.environment),
    stdio: ["ignore", "ignore", options.stderr, "ipc"],
  });
  child.on("message", (message) => onMessage(message as ServerMessage)); // eslint-disable-line -- our own server's messages
  return over(child);
}

/**
 * The server may read its code, the configuration and its certificate, write in the state folder, and listen; it may start nothing
 * and read no other file: not the keys, not the password, not what the supervisor or the reader was started with. The store's engine is
 * native code, which Node's permissions do not hold.
 */
function serverRights({ configFile, stateFolder, tls }: Config): readonly string[] {
  // The control socket lies elsewhere where the state folder's path is too long for one.
  const own = [stateFolder, controlPath(stateFolder, { folder: tmpdir(), uid: userInfo().uid })];
  const files = [...ownCode(), configFile, ...own, ...(tls === undefined ? [] : [tls.certFile, tls.keyFile])];
  return [
    "--permission",
    "--allow-net",
    "--allow-addons",
    "--allow-worker",
    "--disable-warning=ExperimentalWarning",
    "--disable-warning=SecurityWarning",
    ...[...files, threadLink].map((file) => `--allow-fs-read=${file}`),
    ...own.map((file) => `--allow-fs-write=${file}`),
    "--disable-sigusr1",
    youngHeap,
  ];
}

/** Files and folders that any process of ours is read from. */
function ownCode(): readonly string[] {
  const root = packageRoot();
  return [join(root, "package.json"), join(root, "src"), join(root, "dist"), ...nodeModules(root)];
}

/**
 * The reader may read its code, the configuration, its key and password, and connect; it may write nothing, start nothing,
 * load no native code.
 */
export function startReader(options: ChildOptions, wanted: WantedReader): Child {
  const child = spawn(
    process.execPath,
    [...readerRights(options), entry("reader"), JSON.stringify({ config: childConfig(options.config), ...wanted })],
    {
      detached: true,
      env: readerEnvironment(options.environment),
      stdio: ["ignore", "ignore", options.stderr, "pipe"],
    },
  );
  return over(child);
}

function readerRights({ config, environment }: Pick<ChildOptions, "config" | "environment">): readonly string[] {
  const files = [
    ...ownCode(),
    config.configFile,
    config.keysFile,
    config.passwordFile,
    environment["PGPASSFILE"],
    environment["PGSSLROOTCERT"],
    environment["CREDENTIALS_DIRECTORY"],
  ].filter((file) => file !== undefined);
  return [
    "--permission",
    "--allow-net",
    "--disable-warning=ExperimentalWarning",
    // Its files are opened past Node's permissions.
    "--no-experimental-sqlite",
    ...files.map((file) => `--allow-fs-read=${file}`),
    "--disable-sigusr1",
    "--disallow-code-generation-from-strings",
    "--max-old-space-size=512",
    youngHeap,
  ];
}

/** The guard's watch: it asks strangers' sockets, so it holds neither the store nor the source; it ends when our channel to it closes. */
export function startGuard(options: ChildOptions, declared: readonly string[]): Child {
  const child = spawn(
    process.execPath,
    [...guardRights(options.config, declared), entry("guard-process"), JSON.stringify(childConfig(options.config))],
    {
      detached: true,
      env: pick(options.environment, everywhere),
      stdio: ["ignore", "ignore", options.stderr, "ipc"],
    },
  );
  let error: PlainError | undefined;
  child.on("message", (message) => (error = saidBy(message as GuardMessage))); // eslint-disable-line -- looked at there
  const { ended, ...rest } = over(child);
  return { ...rest, ended: ended.then((end) => (error === undefined ? end : { ...end, error })) };
}

/** Looks into one store: it holds that store's login, and nothing else's. */
export function startLook(options: ChildOptions, asset: string, loginFile: string): Child {
  const { configFile, stateFolder } = options.config;
  const own = join(stateFolder, "state.sqlite*");
  const rights = [
    "--permission",
    "--allow-net",
    "--disable-warning=ExperimentalWarning",
    ...[...ownCode(), configFile, own, loginFile].map((file) => `--allow-fs-read=${file}`),
    `--allow-fs-write=${own}`,
    "--disable-sigusr1",
    "--disallow-code-generation-from-strings",
    "--max-old-space-size=128",
    youngHeap,
  ];
  return over(
    spawn(process.execPath, [...rights, entry("look-process"), JSON.stringify(childConfig(options.config)), asset], {
      detached: true,
      env: pick(options.environment, everywhere),
      stdio: ["ignore", "ignore", options.stderr, "ipc"],
    }),
  );
}

/** Who said it reads strangers' answers: a code that we have, and short texts. */
function saidBy({ tag, error }: Partial<GuardMessage>): PlainError | undefined {
  if (tag !== "failed" || error === undefined || !Object.hasOwn(errorCodes, error.code)) return undefined;
  const short = (text: unknown): string =>
    String(text)
      .replaceAll(/\p{Cc}/gu, " ")
      .slice(0, saidMax);
  const { code, message, place, remedy } = error;
  return { code, message: short(message), place: place === undefined ? undefined : short(place), remedy: short(remedy) };
}

const saidMax = 400;

/**
 * It may read its code, the configuration, the secrets of its ways out and of its vantages and who listens here, write the state's file and
 * where checkpoints go, and connect; what else lies in the state folder it may not see. Of the files that are watched it may ask the system, which Node grants only together with reading them;
 * not of what else lies in their folders. The key of the ledger it reads where it signs checkpoints of it.
 */
function guardRights(config: Config, declared: readonly string[]): readonly string[] {
  const { configFile, stateFolder, webhookSecretFile, pagerDutyKeyFile, vantageKeyFile, checkpointsFolder } = config;
  const left = checkpointsFolder === undefined ? [] : [checkpointsFolder];
  const signing = checkpointsFolder === undefined && config.vantageListen === undefined ? [] : [config.ledgerKeyFile];
  const secrets = [webhookSecretFile, pagerDutyKeyFile, vantageKeyFile, ...signing];
  // Beside them lie the store, the words of the audit log and the policies of generations.
  const own = ["state.sqlite*", "guard.lock*"].map((name) => join(stateFolder, name));
  const files = [...ownCode(), configFile, ...own, ...secrets, ...left, ...declared, ...listenersOfLinux];
  return [
    "--permission",
    "--allow-net",
    "--disable-warning=ExperimentalWarning",
    ...files.map((file) => `--allow-fs-read=${file}`),
    ...[...own, ...left].map((file) => `--allow-fs-write=${file}`),
    "--disable-sigusr1",
    "--disallow-code-generation-from-strings",
    "--max-old-space-size=256",
    youngHeap,
  ];
}

/** Ours, and the folder that we are installed in. */
function nodeModules(root: string): readonly string[] {
  const parent = dirname(realpathSync(root));
  return [join(root, "node_modules"), ...(parent.endsWith("node_modules") ? [parent] : [])];
}

/** What a child is told on its command line: places and limits, no secret. */
function childConfig(config: Config): Omit<Config, "choices"> {
  const { choices: _, ...rest } = config;
  return rest;
}

function over(child: ChildProcess): Child {
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  child.on("exit", (code, signal) => resolve({ code, signal }));
  child.on("error", () => resolve({ code: 127, signal: null }));
  const pipe = child.stdio[3];
  if (pipe instanceof Socket) pipe.on("error", () => pipe.destroy());
  return {
    pid: child.pid ?? 0,
    pipe: pipe instanceof Socket ? pipe : undefined,
    ended,
    send(message: SupervisorMessage, socket?: Socket) {
      // A server that is just ending no longer listens; its end is told by `ended`.
      if (child.connected) child.send(message, socket, undefined, () => undefined);
    },
    kill(signal) {
      child.kill(signal);
    },
  };
}
