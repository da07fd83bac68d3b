/** The dashboard of the running product, over a real PostgreSQL: what people do there shows the numbers that the API gives, and no others. */
import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import type { RunningProduct } from "../support/product.ts";
import { runProduct } from "../support/product.ts";
import type { Window } from "./window.ts";
import { expectSameNumbers, openBrowser, openWindow, readGrid } from "./window.ts";

const path = inject("chromium");
describe.skipIf(path === "")("the dashboard of the running product", () => {
  let browser: Browser;
  let running: RunningProduct;

  beforeAll(async () => {
    const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
    running = await runProduct({
      load: (at) => createWorld({ url: at, accounts: 20_000, attempts: 40_000, now: new Date(), seed: 3 }),
      declaration,
    });
    await running.untilProven("activations", "grain=month");
    browser = await openBrowser(path);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await running[Symbol.asyncDispose]();
  }, 60_000);

  async function open(role: string, view = "/"): Promise<Window> {
    const { stdout } = await running.product.command(["link", "--role", role, "--name", role]);
    return openWindow(browser, stdout.trim(), view);
  }

  test("a commit in the source appears without a reload", async () => {
    await using window = await open("admin", "/?metric=activations");
    const { page } = window;
    await expectSameNumbers(page, "/v1/metrics/activations?grain=day");
    const before = Number((await readGrid(page)).rows[0]?.[1]);
    await page.evaluate("globalThis.notLoadedAnew = true");
    await running.source.run(
      "UPDATE devices SET activated_at = now() WHERE id IN (SELECT id FROM devices WHERE activated_at < now() - interval '5 days' LIMIT 40)",
    );
    await expect.poll(async () => Number((await readGrid(page)).rows[0]?.[1]), { timeout: 20_000 }).toBe(before + 40);
    expect(await page.evaluate("globalThis.notLoadedAnew")).toBe(true);
  });
});
