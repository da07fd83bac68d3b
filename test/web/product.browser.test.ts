/** The dashboard of the running product, over a real PostgreSQL: what people do there shows the numbers that the API gives, and no others. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createWorld } from "../../examples/smart-home/world.ts";
import type { AuditReport, GuardAlarms, GuardAssets } from "../../src/api/contract.ts";
import type { Store } from "../support/guard-watch.ts";
import { openStore, planted } from "../support/guard-watch.ts";
import type { Issuer } from "../support/issuer.ts";
import { openIssuer } from "../support/issuer.ts";
import type { RunningProduct } from "../support/product.ts";
import { runProduct } from "../support/product.ts";
import { violations } from "./axe.ts";
import type { Window } from "./window.ts";
import { expectSameNumbers, openBrowser, openWindow, pageWithLink, readGrid } from "./window.ts";

const path = inject("chromium");
const people = {
  vera: { groups: ["staff"], email: "vera@example.com", email_verified: true },
  anna: { groups: ["data-team"], email: "anna@example.com", email_verified: true },
} as const;
type Somebody = keyof typeof people;

describe.skipIf(path === "")("the dashboard of the running product", () => {
  let browser: Browser;
  let issuer: Issuer;
  let store: Store;
  let running: RunningProduct;
  let origin: string;

  beforeAll(async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    origin = `http://${listen}`;
    issuer = await openIssuer({ redirectUri: `${origin}/v1/login/oidc/callback`, people });
    const example = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
    const login = { oidc: { issuer: issuer.url, client_id: "vitrine", roles: { viewer: ["staff"], analyst: ["data-team"] } } };
    store = await openStore();
    const authorised = { by: "Ann Example", on: "2026-11-01" };
    const assets = {
      cache: { owner: "platform", url: `redis://127.0.0.1:${store.port}`, authorised, expect: "auth-required", profile: "fast" },
    };
    running = await runProduct({
      load: (at) => createWorld({ url: at, accounts: 50_000, attempts: 40_000, now: new Date(), seed: 3 }),
      declaration: `${example}\nlogin: ${JSON.stringify(login)}\nassets: ${JSON.stringify(assets)}\nlisteners: off\n`,
      environment: { VITRINE_LISTEN: listen },
    });
    await running.untilProven("activations", "grain=month");
    browser = await openBrowser(path);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await running?.[Symbol.asyncDispose]();
    await issuer?.[Symbol.asyncDispose]();
    store?.[Symbol.dispose]();
  }, 60_000);

  async function open(role: string, view = "/", options: Parameters<typeof openWindow>[3] = {}): Promise<Window> {
    const { stdout } = await running.product.command(["link", "--role", role, "--name", role]);
    return openWindow(browser, stdout.trim(), view, options);
  }

  test("grain, split, filter and range by mouse; back and reload: the API's numbers at the page's position", async () => {
    await using window = await open("viewer");
    const { page } = window;
    await page.getByRole("link", { name: "Device activations" }).click();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=day");
    await page.getByRole("radio", { name: "Month" }).click();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=month");
    await page.locator(".chip-choice", { hasText: "Model" }).click();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=month&by=model");
    await page.locator("summary", { hasText: "Model" }).click();
    for (const value of ["CAM-PAN", "CAM-OUT"]) await page.locator(".filter[open]").getByLabel(value, { exact: true }).click();
    const filtered = "/v1/metrics/activations?grain=month&by=model&where.model=CAM-PAN&where.model=CAM-OUT";
    await expectSameNumbers(page, filtered);
    await page.getByLabel("Range").selectOption("this year");
    const full = "/v1/metrics/activations?grain=month&range=this%20year&by=model&where.model=CAM-PAN&where.model=CAM-OUT";
    await expectSameNumbers(page, full);
    await page.goBack();
    await expectSameNumbers(page, filtered);
    await page.goForward();
    await page.reload();
    await expectSameNumbers(page, full);
    expect(window.wrongs).toEqual([]);
  });

  test("the same by keyboard alone", async () => {
    await using window = await open("viewer", "/?metric=activations");
    const { page } = window;
    await readGrid(page);
    await tabTo(page, "input[name=grain]");
    await page.keyboard.press("ArrowRight");
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week");
    await tabTo(page, "select[name=range]");
    await page.keyboard.press("ArrowDown");
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&range=last%2026%20weeks");
    await tabTo(page, "input[name=by][value=model]");
    await page.keyboard.press("Space");
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&range=last%2026%20weeks&by=model");
    await tabTo(page, ".filter summary");
    await page.keyboard.press("Enter");
    await page.locator(".filter[open] input").first().waitFor();
    await tabTo(page, "input[name='where.model']");
    await page.keyboard.press("Space");
    const value = await page.evaluate<string>("document.activeElement.value");
    await page.keyboard.press("Escape");
    await expectSameNumbers(
      page,
      `/v1/metrics/activations?grain=week&range=last%2026%20weeks&by=model&where.model=${encodeURIComponent(value)}`,
    );
    // The browser's own keys for it do nothing without a window.
    await page.goBack();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&range=last%2026%20weeks&by=model");
    await page.reload();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&range=last%2026%20weeks&by=model");
  });

  test("a copied link, followed from another origin by somebody without a session, leads through the log-in to that very view", async () => {
    await using window = await open("viewer", "/?metric=activations&grain=week&by=model&range=last%2026%20weeks&where.model=CAM-PAN");
    const question = "/v1/metrics/activations?grain=week&range=last%2026%20weeks&by=model&where.model=CAM-PAN";
    await expectSameNumbers(window.page, question);
    await window.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
    await window.page.getByRole("button", { name: "Copy link" }).click();
    await expect.poll(async () => window.page.locator(".said").innerText()).toContain("copied");
    const link = await window.page.evaluate<string>("navigator.clipboard.readText()");
    await using chat = await pageWithLink(link);
    const context = await browser.newContext({ baseURL: origin });
    const page = await context.newPage();
    await page.goto(chat.url);
    await page.getByRole("link").click();
    await logIn(page, "vera");
    await expectSameNumbers(page, question);
    expect(page.url()).toBe(link);
    await context.close();
  });

  test("a viewer does not see what an analyst sees with a reason, and the audit log names who saw it and why", async () => {
    const view = "/?metric=activations&grain=week&by=country";
    const question = "/v1/metrics/activations?grain=week&by=country";
    const [viewer, analyst] = [await browser.newContext({ baseURL: origin }), await browser.newContext({ baseURL: origin })];
    const [seen, full] = [await viewer.newPage(), await analyst.newPage()];
    await seen.goto(`${origin}${view}`);
    await logIn(seen, "vera");
    await expectSameNumbers(seen, question);
    await expect.poll(async () => seen.locator(".small .withheld").innerText()).toMatch(/^\d+ withheld$/);
    const reason = "which countries activate at all";
    expect((await seen.request.get(question, { headers: { "vitrine-reason": reason } })).status()).toBe(403);

    await full.goto(`${origin}${view}`);
    await logIn(full, "anna");
    await expectSameNumbers(full, question);
    const told = await numbersOf(full, question);
    const all = await numbersOf(full, question, { "vitrine-reason": reason });
    await full.getByText("Show small groups").click();
    await full.getByLabel("Why? It stands in the audit log").fill(reason);
    await full.getByRole("button", { name: "Show unprotected numbers" }).click();
    await expect.poll(async () => full.locator(".reason").innerText()).toContain(reason);
    await expectSameNumbers(full, question, { "vitrine-reason": reason });
    expect(full.url()).toBe(`${origin}${view}`);
    const onlyThere = [...all.keys()].filter((cell) => !told.has(cell));
    expect(onlyThere.length).toBeGreaterThan(0);
    for (const [cell, value] of told) expect(all.get(cell)).toBe(value);

    await full.getByRole("button", { name: "Back to protected ones" }).click();
    await expectSameNumbers(full, question);

    await using admin = await open("admin");
    const { entries } = (await (await admin.page.request.get("/v1/audit")).json()) as AuditReport;
    const named = entries.filter((entry) => entry.name === "anna@example.com");
    expect(named.find((entry) => entry.question?.includes('"grain":"week"'))).toMatchObject({
      role: "analyst",
      subject: "anna",
      via: "session",
      reason,
      metric: "activations",
      cells: all.size,
      intact: true,
    });
    expect(entries.filter((entry) => entry.name === "vera@example.com")).toEqual([]);
    await Promise.all([viewer.close(), analyst.close()]);
  });

  test("controls offer a viewer what may be asked; a link to what may not be says what can be, a step away", async () => {
    await using window = await open("viewer", "/?metric=activations&grain=day&by=model,country");
    const { page, wrongs } = window;
    await page.getByRole("link", { name: "by month and model and country" }).click();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=month&by=model,country");
    expect(await page.locator("input[name=grain]").count()).toBe(1);
    await page.goto(`${origin}/?metric=retention`);
    await expect.poll(async () => page.locator(".problem").innerText()).toContain("analysts with a reason");
    expect(await page.locator("input[name=by], .filter summary").count()).toBe(0);
    await page.goto(`${origin}/?metric=active_devices&grain=week`);
    await expectSameNumbers(page, "/v1/metrics/active_devices?grain=week");
    expect(await page.locator("input[name=by], input[name=compare], .filter summary").count()).toBe(0);
    expect(wrongs).toEqual([]);
  });

  test("a store is opened: the page says so by itself, as the API does, the alarm is taken there, and its closing is seen", async () => {
    await using window = await open("responder", "/?page=exposure");
    const { page, wrongs } = window;
    const tile = page.locator(".tile");
    const seenAs = async (): Promise<string> => tile.locator(".tile-state").innerText();
    await expect.poll(seenAs, { timeout: 20_000 }).toBe("As expected");
    await expect.poll(async () => page.locator(".freshness").innerText()).toMatch(/Watching[\s\S]*live/);
    store.isOpen = true;
    const openedMs = performance.now();
    await expect.poll(seenAs, { timeout: 40_000, interval: 50 }).toBe("Records can be read without credentials");
    const tookMs = performance.now() - openedMs;
    expect(tookMs).toBeLessThan(40_000);
    await tile.getByRole("link").click();
    await page.getByRole("button", { name: "Acknowledge" }).click();
    await expect.poll(async () => tile.locator(".alarm").innerText()).toMatch(/responder .* ago/);
    const { assets } = (await (await page.request.get("/v1/guard/assets")).json()) as GuardAssets;
    const { alarms } = (await (await page.request.get("/v1/guard/alarms?open=true")).json()) as GuardAlarms;
    expect(assets).toMatchObject([{ name: "cache", judged: "deviation", seen: "data-readable" }]);
    expect(alarms).toMatchObject([{ asset: "cache", severity: "page", acknowledged: { by: "responder" } }]);
    const address = assets[0]?.vantages[0]?.checks[0]?.places[0]?.address ?? "";
    expect(address).not.toBe("");
    expect(await tile.innerText()).toContain(address);
    expect(await violations(page)).toEqual([]);
    store.isOpen = false;
    await expect.poll(seenAs, { timeout: 40_000 }).toBe("As expected");
    await expect.poll(async () => tile.locator(".alarm").count(), { timeout: 40_000 }).toBe(0);
    const rows = await page.locator(".spans tbody tr").allInnerTexts();
    expect(rows[0]).toMatch(/as expected\s+asks for a log-in[\s\S]*now/);
    expect(rows[1]).toMatch(/not as expected\s+records can be read/);
    expect(await page.content()).not.toContain(planted);
    expect(wrongs).toEqual([]);
  });

  const pages = ["/", "/?metric=activations&by=model", "/?page=fleet", "/?page=copy"];
  test.each(["light", "dark"] as const)("axe finds nothing on any page nor at the log-in, %s", async (colorScheme) => {
    await using window = await open("analyst", "/", { colorScheme, reducedMotion: "reduce" });
    const { page, wrongs } = window;
    for (const view of pages) {
      await page.goto(`${origin}${view}`);
      await page.locator(".figure-number:not(:text('…')), table.grid tbody tr, .verdict").first().waitFor();
      expect(await violations(page), view).toEqual([]);
    }
    await page.getByRole("button", { name: "Log out" }).click();
    await page.locator(".log-in").waitFor();
    expect(await violations(page)).toEqual([]);
    expect(wrongs).toEqual([]);
  });

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

/** From the log-in of ours over the issuer's two forms back to ours. */
async function logIn(page: Page, name: Somebody): Promise<void> {
  await page.getByRole("link", { name: "Log in with your company account" }).click();
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("button[type=submit]").click();
  await page.locator("h1").first().waitFor();
}

const tabsMax = 40;

/** Goes on with the tabulator until the focus is there. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let tabs = 0; tabs < tabsMax; tabs++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`the tabulator does not reach ${selector}`);
}

interface Told {
  readonly cells: readonly { readonly period: string; readonly by: Readonly<Record<string, string | null>>; readonly count: number }[];
}

/** By period and values. */
async function numbersOf(page: Page, query: string, headers: Readonly<Record<string, string>> = {}): Promise<ReadonlyMap<string, number>> {
  const { cells } = (await (await page.request.get(query, { headers })).json()) as Told;
  return new Map(cells.map(({ period, by, count }) => [`${period} ${JSON.stringify(by)}`, count]));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
