/* oxlint-disable max-lines -- a table of cases */
/**
 * What befalls Vitrine's own place: its store, state, keys, port, disk, configuration and terminal. Exact code, place, message and
 * remedy; nothing is lost, and what was begun is finished or was never there.
 *
 * Elsewhere: a state of a newer version, no state, or open to others (src/cli/state.test.ts); a store open twice (src/mirror/
 * duckdb.store.slow.test.ts); key files (src/policy/keys.test.ts); settings that are none (src/cli/config.test.ts); the owner's socket and
 * certificates (src/api/listen.test.ts); reader, server and supervisor killed (test/kill/, test/end-to-end.pg.test.ts).
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { storeVersion } from "../../src/mirror/layout.ts";
import type { PostgresServer } from "../support/postgres.ts";
import { startPostgres } from "../support/postgres.ts";
import type { Refusal } from "./small-world.ts";
import { administer, declaration, declared, schemaSql } from "./small-world.ts";
import type { Watched } from "./watched.ts";
import { watch } from "./watched.ts";

const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
/** Rows of one large transaction; the list of bad input says 5 M: VITRINE_TEST_LARGE_ROWS=5000000. */
const largeRows = Number(process.env["VITRINE_TEST_LARGE_ROWS"] ?? 50_000);
let server: PostgresServer;
let watched: Watched;
let isBroken = false;

beforeAll(async () => {
  server = await startPostgres({ settings: { max_slot_wal_keep_size: "4GB" } });
  await administer(server.url, schemaSql);
  watched = await watch(server.url, { withinMs: Math.max(40_000, largeRows / 20) });
  await watched.product.start();
  await watched.untilReady();
}, 120_000);
afterAll(async () => {
  await watched.product.stop();
  await watched[Symbol.asyncDispose]();
  await server.stop();
}, 60_000);
/** Each begins with what the one before has mended. */
beforeEach(({ skip }) => skip(isBroken, "the case before it was not mended"));
afterEach(({ task }) => {
  isBroken ||= task.result?.state === "fail";
});

/** Three lines, as `failureText` writes them. */
const said = ({ code, message, place, remedy }: Refusal): string =>
  `${code}: ${message}\n${place === undefined ? "" : `  at: ${place}\n`}  do: ${remedy}\n`;

describe("the store of what answers", () => {
  const file = (generation: number): string => join(watched.product.stateFolder, "mirror", `gen-${generation}`, "mirror.duckdb");
  const anew = "None needed: a new generation is built from the source.";
  const damaged = (generation: number) => [
    `mirror/store-damaged`,
    `The store of generation ${generation} cannot be opened: it is truncated or damaged.`,
  ];

  async function alter(path: string, statement: string): Promise<void> {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
  }

  const cases: readonly (readonly [
    name: string,
    act: (path: string) => void | Promise<void>,
    said: (generation: number) => readonly string[],
  ])[] = [
    [
      "missing",
      (path) => rmSync(join(path, ".."), { recursive: true }),
      (generation) => ["mirror/store-missing", `The store of generation ${generation} is not there.`],
    ],
    ["cut in its middle", (path) => truncateSync(path, Math.floor(statSync(path).size * 0.6)), damaged],
    ["empty", (path) => truncateSync(path, 0), damaged],
    [
      "of another version",
      (path) => alter(path, "UPDATE control SET version = version + 1"),
      () => ["mirror/store-version", `The store has version ${storeVersion + 1}; this program knows version ${storeVersion}.`],
    ],
  ];
  for (const [name, act, expected] of cases) {
    test(`${name}: another generation is built by itself, and written into the ledger`, async () => {
      const { shown } = await watched.untilReady();
      await watched.product.stop();
      await act(file(shown.generation));
      await watched.product.start();
      const [code, message] = expected(shown.generation);
      expect(await watched.untilLogged("store-lost", String(code))).toEqual({
        code,
        place: join(file(shown.generation), ".."),
        message,
        remedy: anew,
      });
      const after = await watched.untilReady();
      expect(after.shown.generation).toBe(shown.generation + 1);
      expect(readdirSync(join(watched.product.stateFolder, "mirror"))).toEqual([`gen-${after.shown.generation}`]);
      expect(watched.ledger("generation")).toContainEqual(
        expect.objectContaining({ event: "lost", generation: shown.generation, reason: code }),
      );
      const slots = await administer(server.url, "SELECT slot_name FROM pg_replication_slots WHERE NOT temporary");
      expect(slots).toEqual([{ slot_name: watched.slot(after.shown.generation) }]);
    });
  }

  test("held open by another program: refused, and left as it is", async () => {
    const { shown } = await watched.untilReady();
    await watched.product.stop();
    const path = file(shown.generation);
    const holder = spawn(
      process.execPath,
      [
        "-e",
        `require("@duckdb/node-api").DuckDBInstance.create(${JSON.stringify(path)}).then(() => { console.log("open"); setInterval(() => {}, 1000) })`,
      ],
      { cwd: join(main, "../../.."), stdio: ["ignore", "pipe", "inherit"] },
    );
    await new Promise((resolve) => {
      holder.stdout.once("data", resolve);
    });
    const { code, stderr } = await watched.product.command(["run"]);
    holder.kill("SIGKILL");
    expect([code, stderr.slice(stderr.indexOf("\nmirror/") + 1)]).toEqual([
      1,
      said({
        code: "mirror/locked",
        message: "The store failed: could not open the store (IO).",
        place: join(path, ".."),
        remedy: "Stop the other `vitrine run` of this folder, or the program that has mirror.duckdb open, first.",
      }),
    ]);
    await watched.product.start();
    expect((await watched.untilReady()).shown.generation).toBe(shown.generation);
  });

  test(
    "no room for it while a batch is applied: nothing of the batch, then all of it",
    { skip: process.platform !== "linux", timeout: 120_000 },
    async () => {
      const { shown } = await watched.untilReady();
      // A limit of the size of each file, for the supervisor's next server, too: what is not root can lift it again.
      const limit = async (bytes: string): Promise<void> => {
        for (const role of ["supervisor", "server"] as const)
          for (const one of await watched.product.processes(role)) execFileSync("prlimit", ["--pid", String(one.pid), `--fsize=${bytes}:`]);
      };
      await watched.product.command(["compact"]);
      await limit(String(statSync(file(shown.generation)).size + 65_536));
      await administer(
        server.url,
        "INSERT INTO attempts SELECT n, now() - n % 1000 * interval '1 minute', 1 + n % 200, n % 9 > 0, '' FROM generate_series(100001, 400000) n",
      );
      const { message, ...failed } = await watched.untilLogged("server-failed", "mirror/disk-full");
      expect(message).toMatch(/^The store failed: could not run a (statement|query) \(\w+\)\.$/);
      expect(failed).toEqual({
        code: "mirror/disk-full",
        place: join(file(shown.generation), ".."),
        remedy: "Free space on the disk of `.vitrine/`, then start again: it goes on from the last committed position.",
      });
      // Tried again by itself, as often as it takes; answers say what was committed before.
      const during = await watched.until("an answer", () => true);
      expect(during.shown.rows["attempts"]).toBe(shown.rows["attempts"]);
      await limit("unlimited");
      expect((await watched.untilReady()).shown.generation).toBe(shown.generation);
      await administer(server.url, "DELETE FROM attempts WHERE id > 100000");
      await watched.untilReady();
    },
  );
});

test(`a transaction of ${largeRows} rows, and one that is rolled back: whole, and not at all`, { timeout: 1_800_000 }, async () => {
  const insert = `INSERT INTO attempts SELECT n, now() - n % 1000 * interval '1 minute', 1 + n % 200, n % 9 > 0, '' FROM generate_series(1000001, ${1_000_000 + largeRows}) n`;
  await administer(server.url, `BEGIN; ${insert}; ROLLBACK`);
  const before = await watched.untilReady();
  await administer(server.url, insert);
  const seen = new Set<number | undefined>();
  await watched.until("all of it", ({ shown }) => seen.add(shown.rows["attempts"]).size > 1);
  const { shown } = await watched.untilReady();
  const all = (before.shown.rows["attempts"] ?? 0) + largeRows;
  expect([[...seen], shown.rows["attempts"], shown.generation]).toEqual([
    [before.shown.rows["attempts"], all],
    all,
    before.shown.generation,
  ]);
  await administer(server.url, "DELETE FROM attempts WHERE id > 1000");
  await watched.untilReady();
});

describe("the token keys", () => {
  const where = (): string => watched.product.keysFile;
  const cases: readonly (readonly [name: string, act: () => void, back: () => void, said: () => Refusal])[] = [
    [
      "missing",
      () => renameSync(where(), `${where()}.away`),
      () => renameSync(`${where()}.away`, where()),
      () => ({
        code: "policy/keys-missing",
        place: where(),
        message: "There is no key file.",
        remedy: `Bring it back from its backup, or make a new one (a mirror that is there is then built anew): vitrine keys make --keys ${where()}`,
      }),
    ],
    [
      "readable by others",
      () => chmodSync(where(), 0o644),
      () => chmodSync(where(), 0o600),
      () => ({
        code: "policy/keys-readable",
        place: where(),
        message: "The key file may be read or written by others (mode 0644).",
        remedy: `chmod 600 ${where()}`,
      }),
    ],
  ];
  for (const [name, act, back, refusal] of cases) {
    test(`${name}: answers go on, status says what is wanted, and nothing is copied anew`, async () => {
      const { shown } = await watched.untilReady();
      act();
      await watched.product.kill("reader");
      const { code, place, message, remedy } = refusal();
      const seen = await watched.until("the refusal", ({ readers }) => readers.some((one) => one.code === code));
      expect(seen.readers).toMatchObject([{ state: "refused", message: `${message} (${place})`, remedy }]);
      expect(await watched.untilLogged("reader-waits", code)).toEqual({ code, place, message, remedy });
      back();
      expect((await watched.untilReady()).shown.generation).toBe(shown.generation);
    });
  }

  test("another key: another generation, and the old one answers until then", async () => {
    const { shown } = await watched.untilReady();
    const text = readFileSync(where(), "utf8");
    writeFileSync(
      where(),
      text.replaceAll(/[0-9a-f]{64}/g, (hex) => hex.split("").toReversed().join("")),
      { mode: 0o600 },
    );
    await watched.product.kill("reader");
    const after = await watched.untilReady();
    expect(after.shown.generation).toBe(shown.generation + 1);
    expect(watched.ledger("generation")).toContainEqual(
      expect.objectContaining({ event: "unusable", generation: shown.generation, reason: "key-changed" }),
    );
  });
});

describe("what `vitrine run` refuses", () => {
  test("a second one on the same folder; the first goes on", async () => {
    const { code, stderr } = await watched.product.command(["run"]);
    const place = watched.product.stateFolder;
    expect([code, stderr]).toEqual([
      3,
      said({
        code: "cli/already-running",
        message: "Another `vitrine run` uses this state folder.",
        place,
        remedy: "Stop the other one, or name another folder with `--state`.",
      }),
    ]);
    await watched.untilReady();
  });

  test("a port in use", async () => {
    await watched.product.stop();
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, "127.0.0.1", resolve);
    });
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await watched.product.command(["run", "--listen", `127.0.0.1:${port}`]);
    other.close();
    expect([code, stderr.slice(stderr.indexOf("\ncli/") + 1)]).toEqual([
      3,
      said({
        code: "cli/port-in-use",
        message: "Another program listens on the address.",
        place: `127.0.0.1:${port}`,
        remedy: "Name another with `--listen 127.0.0.1:PORT`, or stop the other program.",
      }),
    ]);
  });

  const url = "The address of the database is not postgres://user@host:port/database.";
  const commands: readonly (readonly [
    name: string,
    args: readonly string[],
    extra: Readonly<Record<string, string>>,
    exit: number,
    refusal: Refusal,
  ])[] = [
    [
      "a URL that does not parse",
      ["run"],
      { VITRINE_SOURCE_URL: "postgres//x:hunter2@y" },
      2,
      { code: "cli/source-url", place: "environment", message: url, remedy: "Write postgres://user@host:port/database." },
    ],
    [
      "an administrator's URL that does not parse",
      ["plan"],
      { VITRINE_ADMIN_URL: "hunter2" },
      2,
      { code: "cli/source-url", place: "VITRINE_ADMIN_URL", message: url, remedy: "Write postgres://user@host:port/database." },
    ],
    [
      "no vitrine.yaml",
      ["run", "--config", "/nowhere/vitrine.yaml"],
      {},
      2,
      {
        code: "cli/config-missing",
        place: "/nowhere/vitrine.yaml",
        message: "There is no vitrine.yaml at the place where it was looked for.",
        remedy: "Name it with `--config`, or start from examples/smart-home/vitrine.yaml.",
      },
    ],
  ];
  for (const [name, args, extra, exit, refusal] of commands) {
    test(name, async () => {
      const { code, stderr } = await watched.product.command(args, extra);
      expect([code, stderr]).toEqual([exit, said(refusal)]);
    });
  }

  const files: readonly (readonly [name: string, text: string, refusal: Omit<Refusal, "place"> & { readonly at: string }])[] = [
    [
      "YAML that is none",
      declared("zone: UTC", "zone: [UTC"),
      {
        code: "policy/invalid",
        at: "3:1",
        message: "The indentation does not fit what stands above, or a bracket or brace there is not closed.",
        remedy: "Mend the file at the place named; `vitrine plan` checks it without touching anything.",
      },
    ],
    [
      "an unknown word",
      declared("take: truncate hour", "take: trunkate hour"),
      { code: "policy/unknown-word", at: "17:39", message: "`trunkate` is no treatment.", remedy: "Did you mean `truncate`?" },
    ],
  ];
  for (const [name, text, { code, at, message, remedy }] of files) {
    test(`${name}, for run and for plan, also before there is any address`, async () => {
      const file = join(watched.product.folder, "bad.yaml");
      writeFileSync(file, text);
      const expected = said({ code, place: `${file}:${at}`, message, remedy });
      const run = await watched.product.command(["run", "--config", file]);
      expect([run.code, run.stderr.slice(run.stderr.indexOf("\npolicy/") + 1)]).toEqual([2, expected]);
      const plan = await watched.product.command(["plan", "--config", file]);
      expect([plan.code, plan.stderr]).toEqual([2, expected]);
    });
  }

  test("after all of these it goes on where it was", async () => {
    expect(readFileSync(join(watched.product.folder, "vitrine.yaml"), "utf8")).toBe(declaration);
    await watched.product.start();
    await watched.untilReady();
  });
});

/** util-linux's `script` gives a command a terminal of its own; what is written to it is typed there. */
const script = ["/usr/bin/script", "/bin/script"].find((path) => existsSync(path));

describe("Ctrl-C in a terminal", { skip: process.platform !== "linux" || script === undefined }, () => {
  for (const [name, times, code] of [
    ["once: it stops in order", 1, 0],
    ["twice: it is killed at once", 2, 0],
  ] as const) {
    test(`${name}, no process is left, and the next start goes on`, async () => {
      const { shown } = await watched.untilReady();
      await watched.product.stop();
      const terminal = spawn(String(script), ["-qec", `exec ${process.execPath} ${main} run`, "/dev/null"], {
        cwd: watched.product.folder,
        env: watched.environment(),
        stdio: ["pipe", "pipe", "inherit"],
      });
      const ended = new Promise<number | null>((resolve) => {
        terminal.once("exit", (exit) => resolve(exit));
      });
      let text = "";
      terminal.stdout.on("data", (bytes: Buffer) => {
        text += bytes.toString();
      });
      await watched.until("ready", ({ readers }) => readers.some((one) => one.state === "streaming"));
      const pressed = performance.now();
      for (let i = 0; i < times; i += 1) {
        terminal.stdin.write("\x03");
        await sleep(30);
      }
      expect(await ended).toBe(code);
      expect(performance.now() - pressed).toBeLessThan(6_000);
      await watched.product.untilGone(5_000);
      expect(text).not.toMatch(/ {4}at |Error:/);
      await watched.product.start();
      expect((await watched.untilReady()).shown.generation).toBe(shown.generation);
    });
  }
});
