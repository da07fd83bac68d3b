/**
 * Every setting of the command line, in one table: its flag, its environment variable, its default and what it is for. `vitrine config`
 * and the help are printed from it. A secret is never a setting: it is found by credentials.ts when it is needed.
 */
export interface Setting {
  readonly flag: string | undefined;
  readonly variable: string | undefined;
  readonly help: string;
}

export const settings = {
  config: {
    flag: "config",
    variable: "VITRINE_CONFIG",
    help: "the file that says what leaves the database (default vitrine.yaml here, else the demonstration's)",
  },
  state: { flag: "state", variable: "VITRINE_STATE", help: "the folder for mirror, control state and ledger (default .vitrine)" },
  source: {
    flag: "source",
    variable: "VITRINE_SOURCE_URL",
    help: "the database, as the reader's role; a password only from the environment or a file",
  },
  passwordFile: {
    flag: "password-file",
    variable: "VITRINE_PASSWORD_FILE",
    help: "the reader's password, mode 0600, written by `vitrine apply`",
  },
  keys: {
    flag: "keys",
    variable: "VITRINE_KEYS",
    help: "the file of token keys, mode 0600, made by `vitrine keys`; the variable may also hold its text",
  },
  ledgerKey: {
    flag: "ledger-key",
    variable: "VITRINE_LEDGER_KEY",
    help: "the file of the key that signs checkpoints of the ledger, mode 0600, made by `vitrine ledger`",
  },
  webhook: { flag: "webhook", variable: "VITRINE_WEBHOOK", help: "where alarms of the guard go: an https address (http on loopback)" },
  webhookSecret: {
    flag: "webhook-secret",
    variable: "VITRINE_WEBHOOK_SECRET_FILE",
    help: "the file of the secret that signs them, mode 0600: `whsec_` and base64",
  },
  pagerDuty: {
    flag: "pagerduty",
    variable: "VITRINE_PAGERDUTY",
    help: "the address of the Events API v2, where it is not PagerDuty's own; needs the routing key",
  },
  pagerDutyKey: {
    flag: "pagerduty-key",
    variable: "VITRINE_PAGERDUTY_KEY_FILE",
    help: "the file of the routing key, mode 0600; where it is there, alarms go to PagerDuty",
  },
  heartbeat: {
    flag: "heartbeat",
    variable: "VITRINE_HEARTBEAT",
    help: "an https address that gets a POST every minute while the guard watches, for your monitoring of it",
  },
  vantageListen: {
    flag: "vantage-listen",
    variable: "VITRINE_VANTAGE_LISTEN",
    help: "HOST:PORT where the watch waits for its vantages; without it nothing listens for them",
  },
  vantageKey: {
    flag: "vantage-key",
    variable: "VITRINE_VANTAGE_KEY",
    help: "the file of the key by which vantages know the watch, mode 0600, made by `vitrine guard vantage add`",
  },
  checkpoints: {
    flag: "checkpoints",
    variable: "VITRINE_CHECKPOINTS",
    help: "a folder elsewhere in which the watch leaves a signed checkpoint of the ledger with every change and each hour",
  },
  listen: { flag: "listen", variable: "VITRINE_LISTEN", help: "address of the HTTP interface (default 127.0.0.1:7465)" },
  allowedHosts: { flag: "allowed-hosts", variable: "VITRINE_ALLOWED_HOSTS", help: "host names, comma separated, that requests may name" },
  tlsCert: { flag: "tls-cert", variable: "VITRINE_TLS_CERT", help: "certificate file; needed for any address that is not loopback" },
  tlsKey: { flag: "tls-key", variable: "VITRINE_TLS_KEY", help: "key file of the certificate" },
  acceptUnlimitedWalGb: {
    flag: "accept-unlimited-wal",
    variable: "VITRINE_ACCEPT_UNLIMITED_WAL",
    help: "GB of write-ahead log that our slot may hold on a source without its own limit; beyond it the slot is dropped",
  },
  proveEvery: { flag: "prove-every", variable: "VITRINE_PROVE_EVERY", help: "minutes between proofs (default 60)" },
  verifyEvery: {
    flag: "verify-every",
    variable: "VITRINE_VERIFY_EVERY",
    help: "minutes between verifications by sample (default 360; 0: never)",
  },
  compactAt: { flag: "compact-at", variable: "VITRINE_COMPACT_AT", help: "local hour of the nightly compaction (default 3)" },
  memoryMb: { flag: "memory", variable: "VITRINE_MEMORY", help: "MB that the store's engine may use (default 192)" },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

export type Origin = "flag" | "environment" | "vitrine.yaml" | "demonstration" | "default";

export interface Chosen {
  readonly value: string | undefined;
  readonly origin: Origin;
}

export type Choices = Readonly<Record<SettingName, Chosen>>;

/** The levels, highest first. An empty text in the environment is as good as none. */
export interface Levels {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: Partial<Record<SettingName, string | undefined>>;
  readonly demonstration: Partial<Record<SettingName, string | undefined>>;
  readonly defaults: Partial<Record<SettingName, string | undefined>>;
}

/** flag > environment > vitrine.yaml > demonstration > default. */
export function choose(levels: Levels): Choices {
  const one = (name: SettingName): Chosen => {
    const setting: Setting = settings[name];
    const flag = setting.flag === undefined ? undefined : levels.flags[setting.flag];
    if (flag !== undefined) return { value: flag, origin: "flag" };
    const variable = setting.variable === undefined ? undefined : levels.environment[setting.variable];
    if (variable !== undefined && variable !== "") return { value: variable, origin: "environment" };
    if (levels.file[name] !== undefined) return { value: levels.file[name], origin: "vitrine.yaml" };
    if (levels.demonstration[name] !== undefined) return { value: levels.demonstration[name], origin: "demonstration" };
    return { value: levels.defaults[name], origin: "default" };
  };
  const names = Object.keys(settings) as SettingName[]; // eslint-disable-line -- the table's own names
  return Object.fromEntries(names.map((name) => [name, one(name)])) as Record<SettingName, Chosen>; // eslint-disable-line -- every name was mapped
}
