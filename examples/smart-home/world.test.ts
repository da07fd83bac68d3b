import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Client } from "pg";
import { expect, test } from "vitest";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import { badFirmware, firmwareAt, modelsAt, placeOfAccount, places } from "./world/catalogue.ts";
import { attemptColumns, Attempts } from "./world/attempt-rows.ts";
import { CopyIn } from "./world/copy.ts";
import { makeFleet } from "./world/fleet.ts";
import { planOf } from "./world/options.ts";
import { exactSample, Random } from "./world/random.ts";
import { tableRows } from "./world/tables.ts";
import { Moments, rhythm } from "./world/timeline.ts";
import { tables } from "./schema.sql.ts";

const now = new Date("2026-11-22T12:00:00Z");

interface CopyConnection {
  readonly stream: { write(bytes: Uint8Array, done: () => void): boolean };
  query(sql: string): void;
  endCopyFrom(): void;
}

interface CopyQuery {
  submit(connection: CopyConnection): void;
  handleCopyInResponse(connection: CopyConnection): void;
  handleReadyForQuery(): void;
}

/** A `pg` client that takes one COPY after the other and hashes their bytes. */
function hashingClient(hash: ReturnType<typeof createHash>): Client {
  const client = {
    query: (query: CopyQuery) => {
      const connection: CopyConnection = {
        stream: { write: (bytes, done) => (hash.update(bytes), queueMicrotask(done), true) },
        query: (sql) => {
          hash.update(sql);
          query.handleCopyInResponse(connection);
        },
        endCopyFrom: () => queueMicrotask(() => query.handleReadyForQuery()),
      };
      queueMicrotask(() => query.submit(connection));
    },
  };
  return client as unknown as Client;
}

async function worldHash(options: { readonly seed: number; readonly now: Date; readonly accounts?: number }): Promise<string> {
  const plan = planOf({ url: "", accounts: options.accounts ?? 400, attempts: 3_000, seed: options.seed, now: options.now });
  const fleet = makeFleet(plan);
  const hash = createHash("sha256");
  const client = hashingClient(hash);
  for (const { table, columns, count, row } of tableRows(plan, fleet)) {
    const copy = await CopyIn.open(client, { table, columns, freeze: false });
    for (let index = 0; index < count; index++) {
      copy.row(columns.length);
      row(copy, index);
      if (copy.full) await copy.drained();
    }
    await copy.end();
  }
  const attempts = new Attempts(plan, fleet);
  const copy = await CopyIn.open(client, { table: "connection_attempts", columns: attemptColumns, freeze: false });
  for (let index = 0; index < plan.counts.attempts; index++) {
    attempts.next();
    attempts.write(copy);
    if (copy.full) await copy.drained();
  }
  await copy.end();
  return hash.digest("hex");
}

test("the same seed, sizes and now give the same rows, byte for byte", async () => {
  expect(await worldHash({ seed: 7, now })).toBe(await worldHash({ seed: 7, now }));
});

test("another seed, another size and another now give other rows", async () => {
  const first = await worldHash({ seed: 7, now });
  expect(await worldHash({ seed: 8, now })).not.toBe(first);
  expect(await worldHash({ seed: 7, now, accounts: 401 })).not.toBe(first);
  expect(await worldHash({ seed: 7, now: new Date(now.getTime() + 1) })).not.toBe(first);
});

test("sizes out of range are refused by name", () => {
  expect(() => planOf({ url: "", accounts: 0, now })).toThrow(new RangeError("accounts must be a whole number from 100 to 20000000"));
  expect(() => planOf({ url: "", attempts: Number.NaN, now })).toThrow("attempts must be a whole number");
  expect(() => planOf({ url: "", seed: -1, now })).toThrow("seed must be a whole number");
});

test("at full size the counts are those of the published case", () => {
  const { counts } = planOf({ url: "", accounts: 2_400_000, attempts: 10_000_000, now });
  expect(counts).toMatchObject({ accounts: 2_400_000, alexa: 24_000, scaleTesters: 140, attempts: 10_000_000 });
});

test.each([1_000, 20_000, 123_457])("of %i accounts 24 % live in US Eastern time and none in China", (accounts) => {
  let eastern = 0;
  const countries = new Set<string>();
  for (let index = 0; index < accounts; index++) {
    const place = places[placeOfAccount(index)];
    if (place?.zone === "America/New_York") eastern++;
    countries.add(place?.country ?? "");
  }
  expect(Math.abs(eastern / accounts - 0.24)).toBeLessThan(0.003);
  expect([...countries]).toEqual(expect.arrayContaining(["US", "GB", "AE", "EG", "MY"]));
  expect(countries.has("CN")).toBe(false);
});

test.each([
  [1, 1],
  [100, 7],
  [20_000, 200],
  [2_400_000, 24_000],
])("of %i members a sample of %i is exact", (size, count) => {
  const chosen = exactSample({ seed: 3, tag: 5, size, count });
  let found = 0;
  for (let index = 0; index < size; index++) if (chosen(index)) found++;
  expect(found).toBe(count);
});

test("moments come in order, inside their span, as many as asked for", () => {
  const span = { fromMs: Date.UTC(2026, 0, 1, 0, 30), toMs: Date.UTC(2026, 0, 3, 0, 15) };
  const moments = new Moments({ span: { ...span, weight: rhythm }, count: 5_000, random: new Random(1, 1) });
  let last = span.fromMs;
  for (let index = 0; index < 5_000; index++) {
    const at = moments.next();
    expect(at).toBeGreaterThanOrEqual(last);
    expect(at).toBeLessThan(span.toMs);
    last = at;
  }
  expect(last).toBeGreaterThan(span.toMs - 3_600_000);
});

test("the bad firmware reaches devices in its week and leaves them after it", () => {
  const nowMinute = now.getTime() / 60_000;
  const model = modelsAt(nowMinute).find(({ sku }) => sku === badFirmware.sku);
  if (model === undefined) throw new Error("no such model");
  const versionAt = (daysAgo: number): string => {
    const release =
      model.releases[firmwareAt(model, { activatedMinute: nowMinute - 200 * 1440, lagMinutes: 1440 }, nowMinute - daysAgo * 1440)];
    return release?.version ?? "";
  };
  expect(versionAt(badFirmware.fromDaysAgo + 2)).not.toBe(badFirmware.version);
  expect(versionAt(badFirmware.fromDaysAgo - 3)).toBe(badFirmware.version);
  expect(versionAt(badFirmware.untilDaysAgo - 2)).not.toBe(badFirmware.version);
});

test("every column of the tables that the example's file declares is inventoried, and no other", () => {
  const file = "examples/smart-home/vitrine.yaml";
  const declaration = parseDeclaration(readFileSync(new URL("vitrine.yaml", import.meta.url), "utf8"), file);
  expect(declaration.tables.length).toBeGreaterThan(4);
  for (const { table, columns } of declaration.tables) {
    const sql = tables.find((statement) => statement.startsWith(`CREATE TABLE ${table} (`)) ?? "";
    const named = [...sql.matchAll(/^ {5}([a-z_0-9]+) /gm)].map((match) => match[1]);
    expect({ table, columns: new Set(columns.map(({ name }) => name)) }).toEqual({ table, columns: new Set(named) });
  }
});

test("identifiers, secrets, contents and health do not leave as they are", () => {
  const declaration = parseDeclaration(readFileSync(new URL("vitrine.yaml", import.meta.url), "utf8"), "vitrine.yaml");
  const sensitive = /identifier|secret|e-mail|name of|telephone|network|free text|contents|postal/;
  const kept = declaration.tables.flatMap((table) =>
    table.columns
      .filter(
        (column) => sensitive.test(column.is) && column.take !== undefined && column.take.tag !== "token" && column.take.tag !== "present",
      )
      .map((column) => `${table.name}.${column.name}`),
  );
  expect(kept).toEqual([]);
});
