/**
 * Invariant 4 in operation: rows or cells that somebody changed in the store behind the mirror's back are found by `vitrine verify`,
 * shown as untrusted in answers, and gone with the generation that is built for it.
 */
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import { runProduct, until } from "../support/product.ts";
import type { RunningProduct } from "../support/product.ts";

const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
const metric = "failed_connections";
const question = "grain=month&range=last+14+months";

let running: RunningProduct;

beforeAll(async () => {
  running = await runProduct({
    load: (url) => createWorld({ url, accounts: 300, attempts: 6_000, now: new Date(), seed: 5 }),
    declaration,
  });
  await running.untilProven(metric, question);
}, 120_000);

afterAll(async () => running[Symbol.asyncDispose](), 60_000);

interface Report {
  readonly equal: boolean;
  readonly tables: readonly { readonly table: string; readonly differing: number }[];
  readonly cells?: readonly { readonly metric: string; readonly cuboid: string; readonly differing: number }[];
}

async function verify(mode: string): Promise<{ readonly code: number; readonly report: Report }> {
  const { code, stdout } = await running.product.command(["verify", mode, "--json"]);
  return { code, report: JSON.parse(stdout) as Report };
}

/** Changes the store that serves, while nobody has it open. */
async function tamper(sql: string): Promise<number> {
  const { serving } = await running.status();
  await running.product.stop();
  const instance = await DuckDBInstance.create(`${running.product.stateFolder}/mirror/gen-${serving}/mirror.duckdb`);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
  await running.product.start();
  await running.untilProven(metric, question);
  return serving ?? 0;
}

async function untilReplaced(generation: number): Promise<void> {
  await until("another generation serves", 60_000, async () => ((await running.status()).serving === generation ? undefined : true));
  expect((await running.untilProven(metric, question)).state).toBe("ready");
}

test("what nobody touched is equal, rows and cells", { timeout: 60_000 }, async () => {
  const { code, report } = await verify("full");
  expect({ code, equal: report.equal, cells: report.cells }).toEqual({ code: 0, equal: true, cells: [] });
  expect(report.tables.length).toBeGreaterThan(5);
});

test("invariant 4: a changed row is found, untrusted at once, and built anew", { timeout: 120_000 }, async () => {
  const generation = await tamper(
    "UPDATE rows_connection_attempts SET ok = NOT ok WHERE id = (SELECT min(id) FROM rows_connection_attempts)",
  );
  expect((await verify("counts")).code).toBe(0);
  const { code, report } = await verify("full");
  expect(code).toBe(1);
  expect(report.tables.filter((one) => one.differing > 0).map((one) => one.table)).toEqual(["connection_attempts"]);
  const { state, reasons } = await running.answer(metric, question);
  if ((await running.status()).serving === generation)
    expect([state, ...reasons.map((one) => one.reason)]).toEqual(["untrusted", "rows-differ"]);
  await untilReplaced(generation);
});

test("invariant 4: a changed cell is found, untrusted at once, and built anew", { timeout: 120_000 }, async () => {
  const generation = await tamper(
    "UPDATE cells_failed_connections__month SET n = n + 1 WHERE bucket = (SELECT max(bucket) FROM cells_failed_connections__month)",
  );
  const { code, report } = await verify("full");
  expect(code).toBe(1);
  expect(report.tables.every((one) => one.differing === 0)).toBe(true);
  expect(report.cells).toMatchObject([{ metric: "failed_connections", cuboid: "month", differing: 1 }]);
  const { state, reasons } = await running.answer(metric, question);
  if ((await running.status()).serving === generation)
    expect([state, ...reasons.map((one) => one.reason)]).toEqual(["untrusted", "cells-differ"]);
  await untilReplaced(generation);
});
