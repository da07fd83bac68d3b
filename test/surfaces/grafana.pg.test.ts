/**
 * Every URL of the provisioned Grafana dashboard, asked of the running example with a viewer's token, as its README says: cells are protected
 * there, and a panel that stays empty for that shows nothing to anybody.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import { filled, targets } from "../support/grafana.ts";
import type { RunningProduct } from "../support/product.ts";
import { runProduct, until } from "../support/product.ts";

const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
const workedOutMs = 180_000;
let running: RunningProduct;
let url: string;
let authorization: string;

beforeAll(async () => {
  running = await runProduct({
    load: async (at) => createWorld({ url: at, accounts: 20_000, attempts: 600_000, now: new Date(), seed: 5 }),
    declaration,
  });
  await running.untilProven("activations", "grain=month&range=last+13+months");
  url = `http://${running.product.environment["VITRINE_LISTEN"]}`;
  const { stdout } = await running.product.command(["token", "create", "--role", "viewer", "--name", "grafana"]);
  authorization = `Bearer ${stdout.trim()}`;
}, 240_000);
afterAll(async () => running[Symbol.asyncDispose](), 60_000);

const get = async (path: string): Promise<Response> => fetch(`${url}${path}`, { headers: { authorization } });

describe.each(targets)("$title", ({ url: path, columns }) => {
  test(
    "is answered to a viewer, with every column that it shows, and with a number in it",
    async () => {
      const shown = columns.map(({ selector }) => selector).filter((name) => ["value", "below", "above"].includes(name));
      // Months whose small groups are not weighed yet are missing at first: a panel asks again.
      await until("a panel with a number", workedOutMs, async () => {
        const answer = await get(filled(path));
        const [names = [], ...rows] = (await answer.text())
          .trim()
          .split("\r\n")
          .map((line) => line.split(","));
        expect(answer.status).toBe(200);
        expect(names).toEqual(expect.arrayContaining(columns.map(({ selector }) => selector)));
        return rows.flatMap((row) => shown.map((name) => row[names.indexOf(name)])).find((text) => text !== undefined && text !== "");
      });
    },
    workedOutMs + 10_000,
  );
});

test("cells are protected in these answers", async () => {
  const answer = await get("/v1/metrics/activations.csv?grain=day&by=country&range=last%2030%20days");
  expect(Number(answer.headers.get("vitrine-suppressed"))).toBeGreaterThan(0);
});
