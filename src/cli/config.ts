/** From command line, environment and files to one checked configuration. Holds no secret: those are found by credentials.ts. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { VitrineError } from "../model/error.ts";
import { choose } from "./settings.ts";
import type { Choices } from "./settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** Absolute. */
  readonly configFile: string;
  /** Absolute. */
  readonly stateFolder: string;
  /** Without a password. */
  readonly sourceUrl: string | undefined;
  readonly passwordFile: string;
  readonly keysFile: string;
  readonly ledgerKeyFile: string;
  readonly webhook: string | undefined;
  readonly webhookSecretFile: string;
  readonly pagerDuty: string | undefined;
  readonly pagerDutyKeyFile: string;
  readonly heartbeat: string | undefined;
  readonly vantageListen: { readonly host: string; readonly port: number } | undefined;
  readonly vantageKeyFile: string;
  /** Absolute. */
  readonly checkpointsFolder: string | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  readonly allowedHosts: readonly string[];
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly acceptUnlimitedWalGb: number | undefined;
  readonly proveEveryMs: number;
  readonly verifyEveryMs: number;
  readonly compactHour: number;
  readonly memoryMb: number;
  readonly choices: Choices;
}

/** What a running demonstration says about itself, in `.demo/demo.json` (0600): the demonstration's own database, nothing else. */
export interface DemoInfo {
  readonly sourceUrl: string;
  readonly adminUrl: string;
  readonly passwordFile: string;
  readonly keysFile: string;
}

/** The folder that holds package.json: of the clone, or of the installed package. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

export function versionOfVitrine(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { readonly version: string }).version; // eslint-disable-line -- our own file
}

export const demoFolderName = ".demo";
const demoConfig = "examples/smart-home/vitrine.yaml";
/** The same with what an incident adds to it, while that is played. */
const incidentConfig = join(demoFolderName, "vitrine.yaml");

export interface ConfigInput {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Environment;
  readonly workingFolder: string;
}

/** Throws cli/* when a value is none, cli/config-missing when the file is not there and `needsFile` is set. */
export function readConfig(
  input: ConfigInput & { readonly needsFile?: boolean; readonly sourceUrlInFile?: (file: string) => string | undefined },
): Config {
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(input.workingFolder, path));
  const first = choose({
    flags: input.flags,
    environment: input.environment,
    file: {},
    demonstration: {},
    defaults: { config: defaultConfig(input.workingFolder) },
  });
  const configFile = at(first.config.value ?? "vitrine.yaml");
  if (input.needsFile === true && !existsSync(configFile))
    throw new VitrineError("cli/config-missing", {
      message: "There is no vitrine.yaml at the place where it was looked for.",
      place: configFile,
    });
  const isDemo = [join(packageRoot(), demoConfig), join(input.workingFolder, incidentConfig)].includes(configFile);
  const demo = isDemo ? readDemoInfo(input.workingFolder) : undefined;
  const secrets = secretsFolder({ environment: input.environment, configFile });
  const choices = choose({
    flags: input.flags,
    // The keys themselves are no path: as one they would be on command lines and in messages.
    environment: keysInEnvironment(input.environment) === undefined ? input.environment : { ...input.environment, VITRINE_KEYS: undefined },
    file: { source: existsSync(configFile) ? (input.sourceUrlInFile?.(configFile) ?? undefined) : undefined },
    demonstration:
      demo === undefined
        ? {}
        : {
            source: demo.sourceUrl,
            passwordFile: demo.passwordFile,
            keys: demo.keysFile,
            ledgerKey: join(dirname(demo.keysFile), "ledger.key"),
          },
    defaults: {
      config: defaultConfig(input.workingFolder),
      state: ".vitrine",
      passwordFile: join(secrets, "reader.pass"),
      keys: join(secrets, "keys"),
      ledgerKey: join(secrets, "ledger.key"),
      webhookSecret: join(secrets, "webhook.secret"),
      pagerDutyKey: join(secrets, "pagerduty.key"),
      vantageKey: join(secrets, "vantage.key"),
      listen: "127.0.0.1:7465",
      proveEvery: "60",
      verifyEvery: "360",
      compactAt: "3",
      memoryMb: "192",
    },
  });
  return { configFile, ...checked(choices, at) };
}

function checked(choices: Choices, at: (path: string) => string): Omit<Config, "configFile"> {
  const stateFolder = at(choices.state.value ?? ".vitrine");
  const secrets = secretFiles(choices, at);
  for (const file of Object.values(secrets)) refuseInside(stateFolder, file);
  const listen = parseListen(choices.listen.value ?? "");
  const tls = parseTls(choices, at);
  if (tls === undefined && !isLoopback(listen.host))
    throw new VitrineError("cli/listen-invalid", {
      message: "An address that is not loopback needs a certificate and its key.",
      place: `${listen.host}:${listen.port}`,
    });
  return {
    stateFolder,
    sourceUrl: checkedSourceUrl(choices),
    ...secrets,
    webhook: choices.webhook.value,
    pagerDuty: choices.pagerDuty.value,
    heartbeat: choices.heartbeat.value,
    checkpointsFolder: choices.checkpoints.value === undefined ? undefined : at(choices.checkpoints.value),
    vantageListen: choices.vantageListen.value === undefined ? undefined : parseListen(choices.vantageListen.value, "--vantage-listen"),
    listen,
    allowedHosts: (choices.allowedHosts.value ?? "").split(",").filter((host) => host !== ""),
    tls,
    acceptUnlimitedWalGb: optionalNumber(choices, "acceptUnlimitedWalGb", { min: 0.1, max: 1e6, hasParts: true }),
    proveEveryMs: (optionalNumber(choices, "proveEvery", { min: 1, max: 1e5 }) ?? 60) * 60_000,
    verifyEveryMs: (optionalNumber(choices, "verifyEvery", { min: 0, max: 1e5 }) ?? 0) * 60_000,
    compactHour: optionalNumber(choices, "compactAt", { min: 0, max: 23 }) ?? 3,
    memoryMb: optionalNumber(choices, "memoryMb", { min: 64, max: 1e6 }) ?? 192,
    choices,
  };
}

function secretFiles(choices: Choices, at: (path: string) => string) {
  const file = (name: "passwordFile" | "keys" | "ledgerKey" | "webhookSecret" | "pagerDutyKey" | "vantageKey"): string =>
    at(choices[name].value ?? "");
  return {
    passwordFile: file("passwordFile"),
    keysFile: file("keys"),
    ledgerKeyFile: file("ledgerKey"),
    webhookSecretFile: file("webhookSecret"),
    pagerDutyKeyFile: file("pagerDutyKey"),
    vantageKeyFile: file("vantageKey"),
  };
}

function defaultConfig(workingFolder: string): string {
  const here = join(workingFolder, "vitrine.yaml");
  if (existsSync(here)) return here;
  const demos = [join(workingFolder, incidentConfig), join(packageRoot(), demoConfig)];
  return demos.find((file) => existsSync(file)) ?? here;
}

/** The text of VITRINE_KEYS where it is not a path but holds secrets, as a key file does. */
export function keysInEnvironment(environment: Environment): string | undefined {
  const text = environment["VITRINE_KEYS"];
  return text !== undefined && /(?:^|[\s;])[0-9A-Fa-f]{64}(?:$|[\s;])/.test(text) ? text : undefined;
}

/** Keys and the reader's password live outside the state folder: whoever takes the store must not have them. */
function secretsFolder({ environment, configFile }: { readonly environment: Environment; readonly configFile: string }): string {
  const base = environment["XDG_CONFIG_HOME"] ?? join(environment["HOME"] ?? homedir(), ".config");
  return join(base, "vitrine", basename(dirname(configFile)) || "default");
}

/** Throws cli/credential-place when `file` is inside the state folder. */
function refuseInside(stateFolder: string, file: string): void {
  const way = relative(stateFolder, file);
  if (way === "" || (!way.startsWith("..") && !isAbsolute(way)))
    throw new VitrineError("cli/credential-place", { message: "A key or password must not lie in the state folder.", place: file });
}

export function demoInfoFile(workingFolder: string): string {
  return join(workingFolder, demoFolderName, "demo.json");
}

export function readDemoInfo(workingFolder: string): DemoInfo | undefined {
  try {
    return JSON.parse(readFileSync(demoInfoFile(workingFolder), "utf8")) as DemoInfo; // eslint-disable-line -- written by demo.ts alone
  } catch {
    return undefined;
  }
}

/** A password is allowed in the environment's URL only: a command line is seen by every user, a configuration is copied about. */
function checkedSourceUrl(choices: Choices): string | undefined {
  const { value, origin } = choices.source;
  if (value === undefined) return undefined;
  const url = parseSourceUrl(value, choices.source.origin);
  if (url.username === "")
    throw new VitrineError("cli/source-url", { message: "The address of the database names no user.", place: origin });
  if (url.password !== "" && origin !== "environment")
    throw new VitrineError("cli/credential-place", {
      message: `The address of the database from ${origin} holds a password.`,
      place: origin,
    });
  url.password = "";
  return url.toString();
}

/** What may follow the `?`. Anything else may be a secret (`password`, `sslpassword`), which would stay in the address. */
const urlParameters = new Set(["sslmode", "sslrootcert", "host"]);

/** Throws cli/source-url; never quotes what does not parse, since it may hold a password. */
export function parseSourceUrl(text: string, place: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "postgres:" && url.protocol !== "postgresql:") || url.pathname.length < 2)
    throw new VitrineError("cli/source-url", { message: "The address of the database is not postgres://user@host:port/database.", place });
  // A `/`, `?` or `#` in a password that is not escaped makes pieces of it a port, a path, a parameter.
  if (
    url.hash !== "" ||
    /[/@]/.test(url.pathname.slice(1)) ||
    !isEscapedRightly(url) ||
    [...url.searchParams.keys()].some((name) => !urlParameters.has(name))
  )
    throw new VitrineError("cli/source-url", {
      message:
        "The address of the database has more in it than postgres://user@host:port/database and sslmode, sslrootcert or host (are special characters of the password percent-encoded?).",
      place,
    });
  return url;
}

function isEscapedRightly({ username, password, pathname }: URL): boolean {
  try {
    decodeURIComponent(`${username}${password}${pathname}`);
    return true;
  } catch {
    return false;
  }
}

export function parseListen(
  text: string,
  place: "--listen" | "--vantage-listen" | "--at" = "--listen",
): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9A-Fa-f:]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65_535)
    throw new VitrineError("cli/listen-invalid", {
      message: "The address is not HOST:PORT.",
      place,
      // What is not for browsers has its own certificate.
      ...(place === "--listen" ? {} : { remedy: "Give HOST:PORT, as watch.example.com:7466; an IPv6 address in brackets: [::1]:7466." }),
    });
  return { host, port };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function parseTls(choices: Choices, at: (path: string) => string): Config["tls"] {
  const cert = choices.tlsCert.value;
  const key = choices.tlsKey.value;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new VitrineError("cli/listen-invalid", {
      message: "A certificate needs its key, and a key its certificate.",
      place: cert === undefined ? "--tls-cert" : "--tls-key",
    });
  return { certFile: at(cert), keyFile: at(key) };
}

function optionalNumber(
  choices: Choices,
  name: keyof Choices,
  limits: { readonly min: number; readonly max: number; readonly hasParts?: boolean },
): number | undefined {
  const { value } = choices[name];
  if (value === undefined) return undefined;
  const number = Number(value);
  const isNumber = (limits.hasParts === true ? /^\d+(\.\d+)?$/ : /^\d+$/).test(value);
  if (!isNumber || number < limits.min || number > limits.max)
    throw new VitrineError("cli/usage", {
      message: `The setting ${name} must be a ${limits.hasParts === true ? "" : "whole "}number from ${limits.min} to ${limits.max}.`,
      place: name,
    });
  return number;
}
