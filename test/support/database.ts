/**
 * Disposable databases on the shared server, each a copy of a template that is built once (`create database … template …`, about
 * 0.1 s). A test that leaves a connection or a replication slot behind fails, and the leftovers are removed.
 */
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { inject } from "vitest";

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** URL of the superuser in this database. */
  readonly url: string;
  /** The same database for another role. */
  urlOf(role: string, password: string): string;
  /** A slot name that no other test uses: names are server-wide. */
  slot(suffix?: string): string;
  /** An open connection; closed with the database. */
  client(): Promise<pg.Client>;
  /** Runs SQL on a connection of its own that closes with the database. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/** URL of the shared server's superuser, database `postgres`. */
export function sharedServerUrl(): string {
  return inject("postgresUrl");
}

const graceMs = 2_000;

export async function freshDatabase(options: { readonly template?: string; readonly server?: string } = {}): Promise<TestDatabase> {
  const server = options.server ?? sharedServerUrl();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onServer(server, (admin) => admin.query(`create database ${name} template ${options.template ?? "template0"}`));
  const url = withDatabase(server, name);
  const clients: pg.Client[] = [];
  let own: Promise<pg.Client> | undefined;
  const client = async (): Promise<pg.Client> => {
    const opened = await connect(url);
    clients.push(opened);
    return opened;
  };
  return {
    name,
    url,
    urlOf: (role, password) => withRole(url, role, password),
    slot: (suffix = "slot") => `${name}_${suffix}`,
    client,
    async query(sql, values = []) {
      own ??= client();
      const { rows } = await (await own).query<Record<string, unknown>>(sql, [...values]);
      return rows;
    },
    async [Symbol.asyncDispose]() {
      for (const opened of clients) await opened.end();
      const left = await leftovers(server, name);
      await remove(server, name);
      if (left.length > 0) throw new Error(`the test left behind: ${left.join("; ")}. Stop what it started before the database goes.`);
    },
  };
}

/**
 * The name of a template that `build` fills, made once per server for each `key` and text of `build`. Nobody may be connected to a
 * template while it is copied, so `build` gets the only connection.
 */
export async function templateDatabase(
  key: string,
  build: (client: pg.Client) => Promise<void>,
  server = sharedServerUrl(),
): Promise<string> {
  const name = `template_${key}_${createHash("sha256").update(build.toString()).digest("hex").slice(0, 8)}`;
  await onServer(server, async (admin) => {
    await admin.query("select pg_advisory_lock(hashtext($1))", [name]); // the session's end frees it
    const { rowCount } = await admin.query("select from pg_database where datname = $1", [name]);
    if (rowCount === 1) return;
    await admin.query(`drop database if exists ${name}_half with (force)`);
    await admin.query(`create database ${name}_half template template0`);
    const builder = await connect(withDatabase(server, `${name}_half`));
    try {
      await build(builder);
    } finally {
      await builder.end();
    }
    await renameWhenFree(admin, name);
  });
  return name;
}

/** The server ends a session shortly after the client has closed it; renaming needs that nobody is in. */
async function renameWhenFree(admin: pg.Client, name: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < graceMs; waitedMs += 20) {
    const { rowCount } = await admin.query("select from pg_stat_activity where datname = $1", [`${name}_half`]);
    if (rowCount === 0) break;
    await sleep(20);
  }
  await admin.query(`alter database ${name}_half rename to ${name}`);
}

async function leftovers(server: string, name: string): Promise<readonly string[]> {
  let left: readonly string[] = [];
  for (let waitedMs = 0; waitedMs < graceMs; waitedMs += 50) {
    left = await onServer(server, (admin) => look(admin, name));
    if (left.length === 0) break;
    await sleep(50);
  }
  return left;
}

async function look(admin: pg.Client, name: string): Promise<readonly string[]> {
  const sessions = await admin.query<{ what: string }>(
    "select format('connection %s (%s, %s)', pid, application_name, coalesce(state, backend_type)) as what from pg_stat_activity where datname = $1 and backend_type in ('client backend', 'walsender')",
    [name],
  );
  const slots = await admin.query<{ what: string }>(
    "select format('slot %s', slot_name) as what from pg_replication_slots where database = $1",
    [name],
  );
  return [...sessions.rows, ...slots.rows].map((row) => row.what);
}

async function remove(server: string, name: string): Promise<void> {
  await onServer(server, async (admin) => {
    // An active slot blocks even `drop database … with (force)`.
    await admin.query("select pg_terminate_backend(active_pid) from pg_replication_slots where database = $1 and active_pid is not null", [
      name,
    ]);
    for (let tries = 0; tries < 40; tries += 1) {
      const { rowCount } = await admin.query("select from pg_replication_slots where database = $1 and active", [name]);
      if (rowCount === 0) break;
      await sleep(50);
    }
    await admin.query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = $1", [name]);
    await admin.query(`drop database ${name} with (force)`);
  });
}

async function onServer<T>(server: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = await connect(server);
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: "vitrine-test" });
  client.on("error", () => {}); // a server that a test stops ends its sessions
  await client.connect();
  return client;
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

function withRole(url: string, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
}
