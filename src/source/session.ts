/**
 * Opens connections to the source: ordinary SQL sessions over the `pg` library, and raw ones for COPY and replication.
 * No text of the driver or the server leaves this file: errors keep the SQLSTATE and the position alone (errors.ts).
 */
import pg from "pg";
import { VitrineError } from "../model/error.ts";
import type { SourceAddress } from "./url.ts";
import { describeHost } from "./url.ts";
import { literal, id } from "./names.ts";
import type { Sql } from "./sql.ts";
import { translateConnectError, translateQueryError } from "./wire/errors.ts";
import { RawConnection } from "./wire/raw-connection.ts";

export interface SourceOptions {
  readonly address: SourceAddress;
  /** PEM text of the root certificates; undefined: the system's. */
  readonly rootCertificates?: string | undefined;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly connectTimeoutMs?: number;
}

/** Settings of a session, SET right after it is open, e.g. `{ statement_timeout: "0" }`. Names and values are ours, never input. */
export type SessionSettings = Readonly<Record<string, string>>;

export interface Session extends Sql, AsyncDisposable {
  /** The server's process id as it said at the start; behind a pooler it is not the one that answers. */
  readonly processId: number;
  /** Settles when the connection is gone, whatever the reason. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** `replication`: logical, of one database. `physical`: of the whole cluster; only the proof asks for it, to be refused. */
export type RawMode = "sql" | "replication" | "physical";

export interface Source {
  readonly address: SourceAddress;
  /** An ordinary session. Throws the codes of a connection (source/host-silent, source/wrong-password …). */
  openSql(settings?: SessionSettings): Promise<Session>;
  /** A connection for COPY (`sql`) or for replication commands (`replication`), driven by our own frame parser. */
  openRaw(mode: RawMode, settings?: SessionSettings): Promise<RawConnection>;
}

const connectTimeoutMsDefault = 10_000;

/**
 * Functions and operators are looked for in pg_catalog alone. With the server's own search path, whoever may create things in a schema
 * of it could plant an operator that fits a name better than PostgreSQL's, and our statements would run it with our rights, which
 * for `plan` and `apply` are an administrator's (CVE-2018-1058). All tables in our statements are written with their schema.
 */
const ownSearchPath: SessionSettings = { search_path: "pg_catalog" };

/** Names the source; connects nothing yet. */
export function openSource(options: SourceOptions): Source {
  return {
    address: options.address,
    async openSql(settings = {}) {
      const { client } = await connect(options, "sql");
      const session = new PgSession(client, options.address);
      try {
        await applySettings(session, { ...ownSearchPath, ...settings });
      } catch (error) {
        await session.close();
        throw error;
      }
      return session;
    },
    async openRaw(mode, settings = {}) {
      const { client } = await connect(options, mode);
      const raw = new RawConnection({ client, place: describeHost(options.address) });
      try {
        // A connection for physical replication takes no SQL at all.
        const all = mode === "physical" ? settings : { ...ownSearchPath, ...settings };
        for (const [name, value] of Object.entries(all)) await raw.query(setting(name, value));
      } catch (error) {
        raw.destroy();
        throw error;
      }
      return raw;
    },
  };
}

export { id, qualified } from "./names.ts";

/** A replication connection takes SQL, too, but only without bound values; ours are names, quoted here. All columns come as text but booleans. */
export function rawSql(raw: RawConnection): Sql {
  return {
    async query(sql, values = []) {
      const bound = sql.replace(/\$(\d+)/g, (_, index: string) => literal(String(values[Number(index) - 1])));
      const result = await raw.query(bound);
      return result.rows.map((row) =>
        Object.fromEntries(result.columns.map((column, i) => [column, row[i] === "t" ? true : row[i] === "f" ? false : row[i]])),
      );
    },
  };
}

function setting(name: string, value: string): string {
  return `SET ${id(name)} = ${literal(value)}`;
}

async function applySettings(session: Session, settings: SessionSettings): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await session.query(setting(name, value));
}

async function connect(options: SourceOptions, mode: RawMode): Promise<{ readonly client: pg.Client }> {
  const { address } = options;
  let passwordAsked = false;
  const config: pg.ClientConfig & { replication?: string } = {
    host: address.host,
    port: address.port,
    database: address.database,
    user: address.user,
    // A function keeps `pg` from looking for a password in places of its own.
    password: () => {
      passwordAsked = true;
      return address.password ?? "";
    },
    ssl: tlsOptions(options),
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? connectTimeoutMsDefault,
    keepAlive: true,
    types: { getTypeParser: typeParser },
    ...(mode === "sql" ? {} : { replication: mode === "replication" ? "database" : "true" }),
  };
  const client = new pg.Client(config);
  // Some failures of a log-in (no password for SCRAM) are events only. Later, a lost connection must not stop the process as one.
  const failed = new Promise<never>((_, reject) => client.on("error", reject));
  failed.catch(() => undefined);
  try {
    await Promise.race([client.connect(), failed]);
  } catch (error) {
    void client.end().catch(() => undefined);
    throw translateConnectError(error, {
      address,
      replication: mode !== "sql",
      passwordMissing: passwordAsked && address.password === undefined,
    });
  }
  return { client };
}

function tlsOptions(options: SourceOptions): pg.ClientConfig["ssl"] {
  const ca = options.rootCertificates === undefined ? {} : { ca: options.rootCertificates };
  switch (options.address.tls) {
    case "off":
      return false;
    case "encrypted":
      return { rejectUnauthorized: false };
    case "verify-ca":
      return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case "verify-full":
      return { ...ca, rejectUnauthorized: true };
  }
}

/** Booleans, int2, int4 and JSON are parsed; all else stays the text that PostgreSQL prints. */
function typeParser(oid: number): (text: string) => unknown {
  switch (oid) {
    case 16:
      return (text) => text === "t";
    case 21:
    case 23:
      return Number;
    case 114:
    case 3802:
      return JSON.parse;
    default:
      return (text) => text;
  }
}

class PgSession implements Session {
  readonly processId: number;
  readonly ended: Promise<void>;
  readonly #client: pg.Client;
  readonly #address: SourceAddress;

  constructor(client: pg.Client, address: SourceAddress) {
    this.#client = client;
    this.#address = address;
    // `processID` is public in pg's documentation, absent in its types.
    this.processId = (client as pg.Client & { processID: number }).processID; // oxlint-disable-line typescript/no-unsafe-type-assertion -- see above
    this.ended = new Promise((resolve) => client.once("end", () => resolve()));
  }

  async query(sql: string, values: readonly (string | number | boolean | null)[] = []): Promise<readonly Record<string, unknown>[]> {
    try {
      const result: unknown = values.length === 0 ? await this.#client.query(sql) : await this.#client.query(sql, [...values]);
      return lastRows(result);
    } catch (error) {
      if (error instanceof VitrineError) throw error;
      throw translateQueryError(error, describeHost(this.#address));
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Several statements in one text give several results: the last one that has rows counts. */
function lastRows(result: unknown): readonly Record<string, unknown>[] {
  const results = (Array.isArray(result) ? result : [result]) as readonly pg.QueryResult<Record<string, unknown>>[];
  return results.findLast((one) => one.fields.length > 0)?.rows ?? [];
}
