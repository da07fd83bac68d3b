/**
 * What a bad way to the source gets: exact code, place, message and remedy of each case, as a starting reader says it.
 *
 * Elsewhere: every shape of URL that does not parse (src/source/url.test.ts, src/cli/config.test.ts); unknown host, no connections left,
 * and that no password is in any error (src/source/session.pg.test.ts); the same findings on made-up catalogs (src/source/preflight.test.ts).
 */
import { cpSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSource } from "../../src/source/session.ts";
import { parseSourceUrl } from "../../src/source/url.ts";
import type { PostgresServer } from "../support/postgres.ts";
import { nativeOf, startPostgres } from "../support/postgres.ts";
import type { Place, Refusal } from "./small-world.ts";
import { administer, makePlace, refusalOf, schemaSql, serverFolder } from "./small-world.ts";

const limit = { max_slot_wal_keep_size: "1GB" };
/** Kept between starts with other settings: made once. */
let kept: string;
let place: Place;

beforeAll(async () => {
  place = await makePlace();
  kept = serverFolder();
});
afterAll(() => {
  place[Symbol.dispose]();
  rmSync(kept, { recursive: true, force: true });
});

function changed(
  url: string,
  change: Partial<Record<"hostname" | "port" | "username" | "password" | "pathname" | "search", string>>,
): string {
  return Object.assign(new URL(url), change).href;
}

async function listening(onSocket: (socket: Socket) => void): Promise<Server & { readonly port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    onSocket(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** As a pooler does, it answers with a backend's number of its own: that of the first message K (BackendKeyData) is changed. */
function pooler(port: number): Promise<Server & { readonly port: number }> {
  return listening((client) => {
    const server = connect(port, "127.0.0.1");
    server.on("error", () => client.destroy());
    server.on("close", () => client.destroy());
    client.on("close", () => server.destroy());
    client.pipe(server);
    let done = false;
    server.on("data", (bytes: Buffer) => {
      const at = done ? -1 : bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at >= 0) bytes.writeInt32BE(bytes.readInt32BE(at + 5) ^ 1, at + 5);
      done ||= at >= 0;
      client.write(bytes);
    });
  });
}

/** Refuses the start-up parameter `replication` as poolers do (protocol violation). */
function refusesReplication(): Promise<Server & { readonly port: number }> {
  return listening((client) => {
    client.once("data", () => {
      const fields = Buffer.from("SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: replication\0\0");
      const head = Buffer.alloc(5);
      head.write("E");
      head.writeInt32BE(fields.length + 4, 1);
      client.end(Buffer.concat([head, fields]));
    });
  });
}

describe("the way to the server", () => {
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres({ folder: kept, settings: limit, volatile: true });
    await administer(server.url, schemaSql);
    await place.apply(server.url);
    url = place.readerUrl(server.url);
  });
  afterAll(() => server.stop());

  test("none of it is refused", async () => {
    await expect(place.prepare(url)).resolves.toBeDefined();
  });

  const cases: readonly (readonly [name: string, url: () => string, said: (port: number) => Refusal])[] = [
    [
      "URL that does not parse",
      () => url.replace("@", "#@"),
      () => ({
        code: "source/url-invalid",
        place: undefined,
        message:
          "The source's URL has a `#` in it (percent-encode it as %23). Its shape: postgres://user@host:5432/database?sslmode=verify-full",
        remedy:
          "Write postgres://user@host:5432/database?sslmode=verify-full; percent-encode special characters; better keep the password out of it.",
      }),
    ],
    [
      "wrong password",
      () => changed(url, { password: "wrong" }),
      (port) => ({
        code: "source/wrong-password",
        place: `vitrine_reader@127.0.0.1:${port}/postgres`,
        message: "PostgreSQL refuses the password of this user.",
        remedy: "Set the right one in PGPASSFILE or the environment; `vitrine apply` makes a new one for the reader.",
      }),
    ],
    [
      "no password",
      () => changed(url, { password: "" }),
      (port) => ({
        code: "source/wrong-password",
        place: `vitrine_reader@127.0.0.1:${port}/postgres`,
        message: "PostgreSQL asks this user for a password, and none was given.",
        remedy: "Set the right one in PGPASSFILE or the environment; `vitrine apply` makes a new one for the reader.",
      }),
    ],
    [
      "no such database",
      () => changed(url, { pathname: "/shop" }),
      (port) => ({
        code: "source/no-such-database",
        place: `vitrine_reader@127.0.0.1:${port}/shop`,
        message: "There is no such database on this server.",
        remedy: "Check the last part of VITRINE_SOURCE_URL.",
      }),
    ],
    [
      // 0.0.0.0 reaches this machine and is no loopback address: as another machine's, it is asked for TLS.
      "no TLS at a remote host",
      () => changed(url, { hostname: "0.0.0.0" }),
      (port) => ({
        code: "source/no-tls",
        place: `0.0.0.0:${port}`,
        message: "The server does not speak TLS.",
        remedy: "Switch TLS on at the server, or say sslmode=disable in the URL (then everything crosses the network in the clear).",
      }),
    ],
  ];
  for (const [name, address, said] of cases) {
    test(name, async () => expect(await refusalOf(() => place.prepare(address()))).toEqual(said(server.port)));
  }

  test("a host that is silent", async () => {
    await using silent = await listening((socket) => socket.resume());
    const source = openSource({
      address: parseSourceUrl(changed(url, { port: String(silent.port) })),
      applicationName: "test",
      connectTimeoutMs: 300,
    });
    expect(await refusalOf(() => source.openSql())).toEqual({
      code: "source/host-silent",
      place: `127.0.0.1:${silent.port}`,
      message: "The host does not answer.",
      remedy: "Check the address, the network and the firewall.",
    });
  });

  test("a port where nobody listens", async () => {
    const closed = await listening(() => undefined);
    closed.close();
    expect(await refusalOf(() => place.prepare(changed(url, { port: String(closed.port) })))).toEqual({
      code: "source/port-refused",
      place: `127.0.0.1:${closed.port}`,
      message: "Nobody listens at this port.",
      remedy: "Check the port; is PostgreSQL running, and does it listen on that address (listen_addresses)?",
    });
  });

  const pooled = {
    code: "source/pooler",
    message: "There is a connection pooler or load balancer in between: slots and exported snapshots break behind one.",
  };
  test("a pooler in between, at start and for an administrator", async () => {
    await using between = await pooler(server.port);
    const said = { ...pooled, place: "connection", remedy: "Give the server's own address in VITRINE_SOURCE_URL" };
    expect(await refusalOf(() => place.prepare(changed(url, { port: String(between.port) })))).toEqual(said);
    expect(await refusalOf(() => place.apply(changed(server.url, { port: String(between.port) })))).toEqual(said);
  });

  test("a pooler that refuses replication", async () => {
    await using between = await refusesReplication();
    const source = openSource({ address: parseSourceUrl(changed(url, { port: String(between.port) })), applicationName: "test" });
    expect(await refusalOf(() => source.openRaw("replication"))).toEqual({
      code: "source/pooler",
      place: `vitrine_reader@127.0.0.1:${between.port}/postgres`,
      message: "What answers here does not know replication connections: a pooler, not PostgreSQL itself.",
      remedy: "Name the server's own address and port.",
    });
  });
});

describe("a server that cannot be a source", () => {
  const walLevel: Refusal = {
    code: "source/wal-level",
    place: "wal_level",
    message: "wal_level is replica: there is no logical replication.",
    remedy: "ALTER SYSTEM SET wal_level = logical; then restart the server",
  };
  const noSlot: Refusal = {
    code: "source/no-free-slot",
    place: "max_replication_slots",
    message: "All 1 replication slots are in use.",
    remedy: "ALTER SYSTEM SET max_replication_slots = 6; then restart the server",
  };
  const noSender: Refusal = {
    code: "source/no-free-sender",
    place: "max_wal_senders",
    message: "All 1 WAL senders are in use.",
    remedy: "ALTER SYSTEM SET max_wal_senders = 6; then restart the server",
  };

  test("wal_level=replica", async () => {
    await using server = await startPostgres({ folder: kept, settings: { ...limit, wal_level: "replica" }, volatile: true });
    expect(await refusalOf(() => place.apply(server.url))).toEqual(walLevel);
    expect(await refusalOf(() => place.prepare(place.readerUrl(server.url)))).toEqual(walLevel);
  });

  test("no free sender, then no free slot", async () => {
    const settings = { ...limit, max_replication_slots: "1", max_wal_senders: "1" };
    await using server = await startPostgres({ folder: kept, settings, volatile: true });
    const url = place.readerUrl(server.url);
    const other = await openSource({ address: parseSourceUrl(server.url), applicationName: "other" }).openRaw("replication");
    expect(await refusalOf(() => place.apply(server.url))).toEqual(noSender);
    expect(await refusalOf(() => place.prepare(url))).toEqual(noSender);
    // Taken between our look and our log-in.
    const late = openSource({ address: parseSourceUrl(url), applicationName: "test" });
    expect(await refusalOf(() => late.openRaw("replication"))).toEqual({
      code: "source/no-free-sender",
      place: `vitrine_reader@127.0.0.1:${server.port}/postgres`,
      message: "All WAL senders of the server are in use.",
      remedy: "ALTER SYSTEM SET max_wal_senders = …; and restart PostgreSQL.",
    });
    await other.close();
    await expect.poll(() => administer(server.url, "SELECT pid FROM pg_stat_replication")).toEqual([]);
    await administer(server.url, "SELECT pg_create_logical_replication_slot('other', 'pgoutput')");
    expect(await refusalOf(() => place.apply(server.url))).toEqual(noSlot);
    expect(await refusalOf(() => place.prepare(url))).toEqual(noSlot);
    await administer(server.url, "SELECT pg_drop_replication_slot('other')");
  });

  test("a standby", async () => {
    const copy = serverFolder();
    cpSync(kept, copy, { recursive: true });
    writeFileSync(join(copy, "data", "standby.signal"), "");
    try {
      await using server = await startPostgres({ folder: copy, settings: limit, volatile: true });
      const said: Refusal = {
        code: "source/standby",
        place: "pg_is_in_recovery",
        message: "The server is a standby: heartbeats cannot be sent there.",
        remedy: "Give the primary's address in VITRINE_SOURCE_URL",
      };
      expect(await refusalOf(() => place.apply(server.url))).toEqual(said);
      expect(await refusalOf(() => place.prepare(place.readerUrl(server.url)))).toEqual(said);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  for (const [version, shown] of [
    [14, "14.23"],
    ["15.0", "15.0"],
    ["15.1", "15.1"],
  ] as const) {
    test(`PostgreSQL ${version}`, { timeout: 180_000 }, async () => {
      await using server = await startPostgres({ native: await nativeOf(version), settings: limit });
      await administer(server.url, schemaSql, "CREATE ROLE vitrine_reader LOGIN REPLICATION PASSWORD 'x'");
      const said: Refusal = {
        code: "source/version-too-old",
        place: "server_version",
        message: `The server is PostgreSQL ${shown}; column lists work from 15.2 on.`,
        remedy: "Upgrade the server to 15.2 or later",
      };
      expect(await refusalOf(() => place.apply(server.url))).toEqual(said);
      expect(await refusalOf(() => place.prepare(changed(server.url, { username: "vitrine_reader", password: "x" })))).toEqual(said);
    });
  }
});
