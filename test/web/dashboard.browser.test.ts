/** The dashboard as a person has it: in a browser, by mouse and by keyboard, with numbers compared with the API's. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { root } from "../support/tree.ts";
import { violations } from "./axe.ts";
import type { FakeApi } from "./fake-api.ts";
import { fakeApi } from "./fake-api.ts";
import { expectSameNumbers, openBrowser, openWindow, pageWithLink, readGrid } from "./window.ts";

const path = inject("chromium");

describe.skipIf(path === "")("the dashboard", () => {
  let browser: Browser;
  let api: FakeApi;
  beforeAll(async () => {
    browser = await openBrowser(path);
    api = await fakeApi();
  });
  afterAll(async () => {
    await browser.close();
    await api[Symbol.asyncDispose]();
  });
  beforeEach(() => Object.assign(api.state, { state: "ready", empty: false, bump: 0, role: "admin" }));

  test("the link logs in, the code leaves the address, and every metric has its card", async () => {
    await using window = await openWindow(browser, api.link);
    const { page, wrongs } = window;
    await expect.poll(async () => page.locator(".card h2").allInnerTexts()).toHaveLength(7);
    expect(page.url()).toBe(`${api.url}/`);
    await expect.poll(async () => page.locator(".freshness").innerText()).toMatch(/Live[\s\S]*as of \d\d:\d\d:\d\d, proven [\d.]+ s ago/);
    expect(wrongs).toEqual([]);
  });

  test("without a session there is a log-in and no number", async () => {
    await using window = await openWindow(browser, `${api.url}/#code=wrong`);
    expect(await window.page.locator("main").innerText()).toContain("npm start");
    expect(await window.page.locator("table, .card").count()).toBe(0);
  });

  test("grain, split, filter and range by mouse; back, reload, and the copied link from another origin: the API's numbers", async () => {
    await using window = await openWindow(browser, api.link);
    const { page } = window;
    await page.getByRole("link", { name: "Device activations" }).click();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=day");
    await page.getByRole("radio", { name: "Week" }).click();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week");
    await page.locator(".chip-choice", { hasText: "Model" }).click();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&by=model");
    await page.locator("summary", { hasText: "Country" }).click();
    await page.locator(".filter[open]").getByLabel("DE").click();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&by=model&where.country=DE");
    await page.getByLabel("Range").selectOption("last 26 weeks");
    const full = "/v1/metrics/activations?grain=week&range=last%2026%20weeks&by=model&where.country=DE";
    await expectSameNumbers(page, full);
    const link = page.url();
    await page.goBack();
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&by=model&where.country=DE");
    await page.goForward();
    await page.reload();
    await expectSameNumbers(page, full);
    await using other = await pageWithLink(link);
    const tab = await window.context.newPage();
    await tab.goto(other.url);
    await tab.getByRole("link").click();
    await expectSameNumbers(tab, full);
  });

  test("the same by keyboard alone", async () => {
    await using window = await openWindow(browser, api.link, "/?metric=activations");
    const { page } = window;
    await readGrid(page);
    await page.locator("input[name=grain][value=day]").focus();
    await page.keyboard.press("ArrowRight");
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&range=last%2026%20weeks");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&range=last%2026%20weeks&by=model");
    for (let steps = 0; steps < 2; steps++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await expect.poll(() => page.url()).toContain("where.model=CAM-PAN");
    await page.keyboard.press("Escape");
    await expect.poll(async () => page.locator(".filter[open]").count()).toBe(0);
    await expectSameNumbers(page, "/v1/metrics/activations?grain=week&range=last%2026%20weeks&by=model&where.model=CAM-PAN");
  });

  test("a commit in the source appears without a reload", async () => {
    await using window = await openWindow(browser, api.link, "/?metric=activations");
    await expectSameNumbers(window.page, "/v1/metrics/activations?grain=day");
    const before = (await readGrid(window.page)).rows[0]?.[1];
    api.state.bump = 3;
    await expect.poll(async () => (await readGrid(window.page)).rows[0]?.[1], { timeout: 20_000 }).not.toBe(before);
    await expectSameNumbers(window.page, "/v1/metrics/activations?grain=day");
  });

  test("the chart's cursor goes by keys, says where it is, and marks the row", async () => {
    await using window = await openWindow(browser, api.link, "/?metric=activations");
    const { page } = window;
    const { rows } = await readGrid(page);
    const slider = page.getByRole("slider");
    await slider.focus();
    await page.keyboard.press("End");
    await expect.poll(async () => slider.getAttribute("aria-valuetext")).toContain(`so far: ${rows[0]?.[1]}`);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => slider.getAttribute("aria-valuetext")).toContain(`: ${rows[1]?.[1]}`);
    expect(await page.locator("tr.is-under-cursor td").innerText()).toBe(rows[1]?.[1]);
  });

  test("what happened in the range is named beside the chart, and nothing else", async () => {
    await using window = await openWindow(browser, api.link, "/?metric=activations&grain=week");
    const happened = window.page.getByRole("list", { name: "What happened" });
    await expect.poll(async () => happened.getByRole("listitem").allInnerTexts()).toEqual([expect.stringContaining("Autumn campaign")]);
  });

  test.each([
    ["building", "Being built"],
    ["untrusted", "Not trusted"],
    ["stale", "Not proven fresh"],
  ] as const)("an answer that is %s turns the page into a warning", async (state, words) => {
    api.state.state = state;
    await using window = await openWindow(browser, api.link, "/?metric=activations");
    await expect.poll(async () => window.page.locator(".warning").innerText()).toContain(words);
    await expect.poll(async () => window.page.locator(".freshness").innerText()).toContain(words);
    expect(await window.page.locator(".freshness").innerText()).not.toContain("Live");
  });

  test("a server that goes is said, the last numbers stand, and it goes on by itself", async () => {
    await using window = await openWindow(browser, api.link, "/?metric=activations");
    const { page } = window;
    const { rows } = await readGrid(page);
    await api.stop();
    await expect.poll(async () => page.locator(".freshness").innerText(), { timeout: 20_000 }).toContain("No connection");
    expect(await page.locator("table.grid tbody tr").count()).toBe(rows.length);
    await api.start();
    await expect.poll(async () => page.locator(".freshness").innerText(), { timeout: 20_000 }).toContain("Live");
  });

  test("the picture is a PNG, the file is the API's, and paper has no controls", async () => {
    await using window = await openWindow(browser, api.link, "/?metric=activations&by=model");
    const { page } = window;
    await readGrid(page);
    const [picture] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "PNG" }).click()]);
    const bytes = readFileSync(await picture.path());
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    expect(bytes.length).toBeGreaterThan(10_000);
    expect(await page.getByRole("link", { name: "CSV" }).getAttribute("href")).toBe("/v1/metrics/activations.csv?grain=day&by=model");
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".controls").isVisible()).toBe(false);
    expect(await page.locator("table.grid").isVisible()).toBe(true);
  });

  const pages = [
    "/",
    "/?metric=failed_connection_rate&by=firmware&mark=firmware",
    "/?metric=activations&compare=previous",
    "/?metric=retention&grain=week",
    "/?page=fleet",
    "/?page=copy",
  ];
  const looks = [
    { colorScheme: "light", width: 1440 },
    { colorScheme: "dark", width: 390 },
  ] as const;
  for (const view of pages) {
    test.each(looks)(`axe finds nothing on ${view}, $colorScheme at $width pixels`, async ({ colorScheme, width }) => {
      await using window = await openWindow(browser, api.link, view, {
        colorScheme,
        viewport: { width, height: 844 },
        reducedMotion: "reduce",
      });
      await window.page.locator(".figure-number:not(:text('…')), table.grid tbody tr, .verdict").first().waitFor();
      await window.page.waitForTimeout(300);
      expect(await violations(window.page)).toEqual([]);
      expect(window.wrongs).toEqual([]);
    });

    test(`at 400 % nothing of ${view} is wider than the window`, async () => {
      await using window = await openWindow(browser, api.link, view, { viewport: { width: 320, height: 256 } });
      await window.page.locator(".figure-number:not(:text('…')), table.grid tbody tr, .verdict").first().waitFor();
      expect(await window.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(320);
    });
  }

  test.each(["building", "untrusted"] as const)("axe finds nothing while %s, nor at the log-in", async (state) => {
    api.state.state = state;
    api.state.empty = true;
    await using window = await openWindow(browser, api.link, "/", { colorScheme: state === "building" ? "light" : "dark" });
    await window.page.locator(".warning").waitFor();
    expect(await violations(window.page)).toEqual([]);
    await window.page.getByRole("button", { name: "Log out" }).click();
    await window.page.locator(".log-in").waitFor();
    expect(await violations(window.page)).toEqual([]);
  });

  test("axe sees a planted fault", async () => {
    await using window = await openWindow(browser, api.link);
    await window.page.evaluate(`document.querySelector("main").insertAdjacentHTML("beforeend", "<img src='/assets/x.svg'>")`);
    expect((await violations(window.page)).join("\n")).toContain("image-alt");
  });
});

test("the script is below 80 KB in brotli", () => {
  const folder = join(root, "dist/web/assets");
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + brotliCompressSync(readFileSync(join(folder, name))).length, 0);
  expect(scripts.length).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(80 * 1024);
});
