/**
 * What all refusals are tried on: a server of one's own (the reader's role has one name in a whole cluster, and these tests spoil it),
 * three small tables, a declaration of them, and the plain parts of an error. Tests compare code, place, message and remedy exactly.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { makeKeys } from "../../src/cli/commands/keys.ts";
import { applyOnce, openAdmin } from "../../src/cli/commands/administer.ts";
import { protectedFile } from "../../src/cli/credentials.ts";
import { readConfig } from "../../src/cli/config.ts";
import type { Config } from "../../src/cli/config.ts";
import { plainError } from "../../src/cli/failure.ts";
import type { Prepared } from "../../src/cli/reader/prepare.ts";
import { prepare } from "../../src/cli/reader/prepare.ts";
import { parseDeclaration } from "../../src/policy/declaration.ts";

export const schemaSql = `
CREATE TABLE accounts (id bigint PRIMARY KEY, email text, country text);
CREATE TABLE devices (id bigint PRIMARY KEY, account_id bigint, model text, activated_at timestamptz, nickname text);
CREATE TABLE attempts (id bigint PRIMARY KEY, at timestamptz, device_id bigint, ok boolean, note text);
CREATE TABLE log (at timestamptz, device_id bigint, line text);
INSERT INTO accounts SELECT n, 'person' || n || '@example.org', (ARRAY['US', 'GB', 'EG'])[1 + n % 3] FROM generate_series(1, 50) n;
INSERT INTO devices SELECT n, 1 + n % 50, (ARRAY['cam', 'bulb'])[1 + n % 2], now() - n * interval '1 hour', 'kitchen' FROM generate_series(1, 200) n;
INSERT INTO attempts SELECT n, now() - n * interval '1 minute', 1 + n % 200, n % 5 > 0, 'x' FROM generate_series(1, 1000) n;
`;

export const declaration = `version: 1
zone: UTC
unit: accounts
entities:
  accounts:
    table: public.accounts
    columns:
      id: { is: account identifier, take: token account }
      email: { is: e-mail }
      country: { is: country, take: keep, match: '[A-Z]{2}' }
  devices:
    table: public.devices
    columns:
      id: { is: device identifier, take: token device }
      account_id: { is: account identifier, refers: accounts }
      model: { is: product, take: keep, values: [cam, bulb] }
      activated_at: { is: time, take: truncate hour }
      nickname: { is: free text }
facts:
  attempts:
    table: public.attempts
    key: { id: opaque }
    time: at
    columns:
      device_id: { is: device identifier, refers: devices }
      ok: { is: outcome, take: keep }
      note: { is: free text }
    dimensions:
      model: { origin: current, of: devices.model }
metrics:
  activations: { count: devices, at: activated_at, by: [model] }
  failures: { ratio: attempts, where: { ok: false }, by: [model] }
`;

/** The declaration with one place changed. */
export function declared(from: string, to: string): string {
  const text = declaration.replace(from, () => to);
  if (text === declaration) throw new Error("the case changes nothing");
  return text;
}

/** What a person sees of a failure. */
export interface Refusal {
  readonly code: string;
  readonly place: string | undefined;
  readonly message: string;
  readonly remedy: string;
}

/** Awaits a refusal; throws when there is none. */
export async function refusalOf(work: () => Promise<unknown>): Promise<Refusal> {
  try {
    await work();
  } catch (error) {
    const { code, place, message, remedy } = plainError(error);
    return { code, place, message, remedy };
  }
  throw new Error("nothing was refused");
}

/** An administrator's statements, one after the other, on a connection of their own. */
export async function administer(url: string, ...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

/** A temporary folder for a server that is started more than once; its account can enter it. */
export function serverFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-refusals-pg-"));
  chmodSync(folder, 0o755);
  return folder;
}

export interface Place extends Disposable {
  readonly folder: string;
  readonly config: Config;
  /** The reader's own address, with its password. */
  readonly readerUrl: (adminUrl: string) => string;
  /** `vitrine apply`. */
  readonly apply: (adminUrl: string) => Promise<void>;
  /** What a starting reader does before it asks for the first row. */
  readonly prepare: (url: string, text?: string) => Promise<Prepared>;
}

/** A folder with declaration and keys, and what commands do in it. */
export async function makePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-refusals-"));
  const configFile = join(folder, "vitrine.yaml");
  writeFileSync(configFile, declaration);
  const environment = { HOME: folder, VITRINE_STATE: join(folder, "state") };
  const config = readConfig({ flags: { config: configFile }, environment, workingFolder: folder });
  await makeKeys(config);
  return {
    folder,
    config,
    readerUrl(adminUrl) {
      const url = new URL(adminUrl);
      url.username = "vitrine_reader";
      url.password = protectedFile(config.passwordFile) ?? "";
      return url.href;
    },
    async apply(adminUrl) {
      await using admin = await openAdmin(adminUrl, {});
      await applyOnce({ ...admin, config, newPassword: false });
    },
    prepare: async (url, text = declaration) =>
      prepare({
        url,
        declaration: parseDeclaration(text, "vitrine.yaml"),
        keysFile: config.keysFile,
        keysText: undefined,
        slotPrefix: "vitrine_",
        acceptUnlimitedWalGb: undefined,
      }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
