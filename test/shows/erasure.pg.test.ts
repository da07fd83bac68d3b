/**
 * Shows 11, the first half: erasure has two times, and both are shown. The tokens of a deleted account, computed here from the key file by
 * the oracle's own few lines, are in the state folder before (the positive control) and nowhere in it after `vitrine compact`; the
 * values of a column that the policy no longer takes are gone with the generation that held them.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import { integerToken, readSecrets, uuidToken } from "../oracle/tokens.ts";
import type { RunningProduct } from "../support/product.ts";
import { runProduct, until } from "../support/product.ts";

const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
/** Leaves as 731.905; nothing else in the world looks so. */
const firmware = { source: "731.905.17", kept: "731.905" };
const question = "grain=month&range=last+13+months";
const stays = 2;
const goes = 1;
/** Comes and goes while the product runs: its bytes are in the log alone. */
const late = 900_000_001;

let running: RunningProduct;
let secrets: ReadonlyMap<string, Uint8Array>;
const figures: string[] = [];

beforeAll(async () => {
  running = await runProduct({
    load: (url) => createWorld({ url, accounts: 400, attempts: 8_000, now: new Date(), seed: 11 }),
    declaration,
  });
  await running.source.run(`UPDATE devices SET firmware = '${firmware.source}' WHERE account_id = ${stays}`);
  await running.untilProven("activations", question);
  secrets = readSecrets(readFileSync(running.product.keysFile, "utf8"));
}, 120_000);

afterAll(async () => {
  process.stdout.write(`\n${figures.join("\n")}\n`);
  await running[Symbol.asyncDispose]();
}, 60_000);

interface Needle {
  readonly name: string;
  readonly bytes: readonly Buffer[];
}

/** 16 bytes in both orders, and each half of them, should the store ever keep halves apart: absent means all of that. */
function tokenNeedle(name: string, hex: string): Needle {
  const bytes = Buffer.from(hex, "hex");
  const orders = [bytes, Buffer.from(bytes.toReversed())];
  return { name, bytes: orders.flatMap((one) => [one, one.subarray(0, 8), one.subarray(8)]) };
}

async function tokensOf(account: number): Promise<readonly Needle[]> {
  const rows = async (sql: string): Promise<readonly string[]> => (await running.source.rows(sql)).map((row) => String(row["id"]));
  const devices = await rows(`SELECT id FROM devices WHERE account_id = ${account}`);
  const sessions = await rows(`SELECT id FROM sessions WHERE account_id = ${account}`);
  const secret = (space: string): Uint8Array => secrets.get(space) ?? new Uint8Array(0);
  return [
    tokenNeedle(`account ${account}`, integerToken(secret("account"), "account", BigInt(account))),
    ...devices.map((id) => tokenNeedle(`device ${id}`, integerToken(secret("device"), "device", BigInt(id)))),
    ...sessions.map((id) => tokenNeedle(`session ${id}`, uuidToken(secret("session"), id))),
  ];
}

interface Searched {
  /** By needle: the files, below the state folder, in which it was found. */
  readonly found: ReadonlyMap<string, readonly string[]>;
  readonly bytes: number;
  readonly files: number;
}

async function search(needles: readonly Needle[]): Promise<Searched> {
  const { stateFolder } = running.product;
  const names = await readdir(stateFolder, { recursive: true });
  const found = new Map<string, string[]>(needles.map((needle) => [needle.name, []]));
  let [bytes, files] = [0, 0];
  for (const name of names) {
    const path = join(stateFolder, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
    const content = await readFile(path);
    bytes += content.length;
    files += 1;
    for (const needle of needles) if (needle.bytes.some((one) => content.includes(one))) found.get(needle.name)?.push(name);
  }
  return { found, bytes, files };
}

async function erasure() {
  const { generation } = await running.shown();
  return generation?.erasure ?? expect.fail("no generation is shown");
}

test("a deleted account: its tokens are in the store before, and nowhere after `vitrine compact`", { timeout: 120_000 }, async () => {
  const { source, product } = running;
  await source.run(
    `INSERT INTO accounts (id, email, password_hash, name, country, time_zone, language) VALUES (${late}, 'late@example.org', '', '', 'US', 'America/New_York', 'en')`,
  );
  const gone = [...(await tokensOf(goes)), ...(await tokensOf(late))];
  const kept = await tokensOf(stays);
  expect(gone.length).toBeGreaterThan(3);
  await running.untilProven("sign_ups", question);
  const before = await search([...gone, ...kept]);
  for (const { name } of [...gone, ...kept]) expect(before.found.get(name), `the positive control: ${name}`).not.toEqual([]);
  expect(before.found.get(`account ${goes}`)).toContain("mirror/gen-1/mirror.duckdb");
  expect(before.found.get(`account ${late}`)).toEqual(["mirror/gen-1/mirror.duckdb.wal"]);

  const deletedAt = Date.now();
  await source.run(`BEGIN; DELETE FROM connection_attempts WHERE device_id IN (SELECT id FROM devices WHERE account_id = ${goes});
    DELETE FROM accounts WHERE id IN (${goes}, ${late}); COMMIT`);
  await running.untilProven("sign_ups", question);
  const logical = await erasure();
  expect(logical).toMatchObject({ overdue: false });
  expect(Date.parse(logical.logicalSince ?? "")).toBeLessThanOrEqual(Date.now());
  expect(Date.parse(logical.dueBy ?? "") - Date.parse(logical.logicalSince ?? "")).toBe(72 * 3_600_000);
  expect((await product.command(["status"])).stdout).toContain(
    `rows deleted or changed since ${logical.logicalSince} are out of every answer; their bytes leave the file at the next compaction, by ${logical.dueBy}`,
  );
  const between = await search(gone);
  expect([...between.found.values()].flat(), "deleted, and still in the file").not.toEqual([]);

  // What a killed process had left of its rows where DuckDB puts what does not fit into memory.
  await writeFile(join(product.stateFolder, "mirror/gen-1/temporary/duckdb_temp_storage_DEFAULT-0.tmp"), gone[0]?.bytes[0] ?? "");
  const answer = await running.answer("activations", question);
  await product.kill("server");
  await running.untilProven("activations", question);

  const started = performance.now();
  const { code, stdout } = await product.command(["compact"]);
  expect(code).toBe(0);
  const ms = Math.round(performance.now() - started);
  const physical = await erasure();
  expect(physical.logicalSince).toBeUndefined();
  expect(Date.parse(physical.physicalAt ?? "")).toBeGreaterThanOrEqual(deletedAt);
  expect(stdout).toContain(`What was deleted or changed since ${logical.logicalSince} is out of the file since ${physical.physicalAt}.`);
  expect((await product.command(["status"])).stdout).toContain(`what was deleted before ${physical.physicalAt} is out of the file, too`);
  const after = await search([...gone, ...kept]);
  for (const { name } of gone) expect(after.found.get(name), name).toEqual([]);
  for (const { name } of kept) expect(after.found.get(name), `the positive control: ${name}`).toEqual(["mirror/gen-1/mirror.duckdb"]);
  expect((await running.answer("activations", question)).cells).toEqual(answer.cells);

  // Nothing comes back with a restart, or with what is written next.
  await product.stop();
  await product.start();
  await running.untilProven("activations", question);
  expect([...(await search(gone)).found.values()].flat()).toEqual([]);
  figures.push(
    `an account deleted: ${gone.length} tokens, each found in ${new Set([...before.found.values()].flat()).size} files before and none of ${after.files} after (${before.bytes} bytes, then ${after.bytes}); logical ${Date.parse(logical.logicalSince ?? "") - deletedAt} ms after the delete, physical by a command of ${ms} ms`,
  );
});

/** The generation after `generation` answers, and is alone. */
async function untilSwitched(generation: number) {
  return until("another generation alone", 60_000, async () => {
    const status = await running.status();
    return status.serving !== undefined && status.serving > generation && status.generations.length === 1 ? status : undefined;
  });
}

/** What asks for the devices' firmware has to go with it. */
const firmwareOfDevices = [
  / {2}fleet_by_firmware:\n(?: {4}.*\n)+\n/,
  /(?<=distinct: connection_attempts\.device_id\n.*\n.*by: \[model), firmware/,
];
const wholeLine = / +firmware: +\{ is: product version, take: truncate minor, match: '[^']*' \}\n/;

test("a policy tightened by one column: its values are nowhere once the generation has been switched", { timeout: 120_000 }, async () => {
  const { product, source } = running;
  const [devices] = await source.rows(`SELECT count(*) AS n FROM devices WHERE firmware = '${firmware.source}'`);
  expect(Number(devices?.["n"])).toBeGreaterThan(0);
  const needles = [{ name: "firmware", bytes: [Buffer.from(firmware.kept)] }];
  const kept = await tokensOf(stays);
  const before = await search(needles);
  expect(before.found.get("firmware"), "the positive control").not.toEqual([]);
  const generation = (await running.status()).serving ?? 0;

  // The first is the devices' own; the attempts' is what the device said then, and stays declared.
  let tightened = declaration.replace(wholeLine, "      firmware:      { is: product version }\n");
  expect(tightened).not.toBe(declaration);
  for (const one of firmwareOfDevices) {
    expect(tightened).toMatch(one);
    tightened = tightened.replace(one, "");
  }
  writeFileSync(join(product.folder, "vitrine.yaml"), tightened);
  const started = Date.now();
  await running.mend("vitrine apply");
  const switched = await untilSwitched(generation);
  await running.untilProven("activations", question);
  const after = await search([...needles, ...kept]);
  expect(after.found.get("firmware")).toEqual([]);
  for (const { name } of kept) expect(after.found.get(name), `the positive control: ${name}`).not.toEqual([]);
  expect(await readdir(join(product.stateFolder, "mirror"))).toEqual([`gen-${switched.serving}`]);
  const { erased } = await running.status();
  expect(erased?.generations).toEqual([generation]);
  expect(Date.parse(erased?.at ?? "")).toBeGreaterThan(started);
  expect((await product.command(["status"])).stdout).toContain(
    `erased: generation ${generation} was deleted from the disk, with all that it held, at ${erased?.at}`,
  );
  figures.push(
    `a column no longer taken: found in ${before.found.get("firmware")?.join(", ")} before, in none of ${after.files} files after; generation ${switched.serving} served and ${generation} was off the disk ${Date.parse(erased?.at ?? "") - started} ms after the file was changed`,
  );
});

test(
  "a changed file is taken up without a restart, also when it is applied elsewhere, or changes nothing at the source",
  { timeout: 120_000 },
  async () => {
    const { product } = running;
    const file = join(product.folder, "vitrine.yaml");
    const first = (await running.status()).serving ?? 0;
    writeFileSync(file, declaration);
    await running.mend("vitrine apply", { VITRINE_STATE: join(product.folder, "elsewhere") });
    const second = (await untilSwitched(first)).serving ?? 0;
    await running.untilProven("activations", question);
    // The same column, less of it: nothing to do at the source.
    writeFileSync(
      file,
      declaration
        .replace(
          "created_at:    { is: time of sign-up, take: truncate day }",
          "created_at:    { is: time of sign-up, take: truncate month }",
        )
        .replace(/(country, time_zone\]\n +grain: )\[day, week, month\]/, "$1[month]"),
    );
    const { stdout } = await product.command(["apply"], { VITRINE_ADMIN_URL: running.adminUrl });
    expect(stdout).toBe("The source was as it should be: nothing was run.\nThe Vitrine that runs takes up the changed file.\n");
    await untilSwitched(second);
  },
);
