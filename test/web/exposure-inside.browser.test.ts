/** The guard's page on what is not about who gets in: what a store holds, that nobody looks into it, that the watch ends again and again. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { violations } from "./axe.ts";
import type { FakeApi } from "./fake-api.ts";
import { fakeApi } from "./fake-api.ts";
import type { FakeGuard } from "./fake-exposure.ts";
import { calmGuard } from "./fake-exposure.ts";
import type { Window } from "./window.ts";
import { openBrowser, openWindow } from "./window.ts";

const path = inject("chromium");
const exposure = "/?page=exposure";
const cluster = `${exposure}&asset=metrics-cluster`;

describe.skipIf(path === "")("the guard's page", () => {
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
  beforeEach(() => {
    Object.assign(api.state, { state: "ready", empty: false, bump: 0, role: "responder", guard: calmGuard(), noMetrics: false });
  });

  async function open(guard: Partial<FakeGuard>, view = exposure): Promise<Window> {
    Object.assign(api.state.guard, guard);
    return openWindow(browser, api.link, view);
  }
  const tile = (page: Page, name: string) => page.locator(".tile", { has: page.getByRole("heading", { name, exact: true }) });

  test("a closed store that holds what it should not stays closed, and says what it holds and what to do", async () => {
    await using window = await open({ holds: true }, `${exposure}&asset=cache`);
    const { page } = window;
    await expect.poll(async () => tile(page, "cache").locator(".tile-state").innerText()).toBe("As expected");
    const text = await tile(page, "cache").innerText();
    expect(text).toContain("cache holds what its declaration does not allow, closed or not");
    expect(text).toMatch(/What it holds, seen with its own login[\s\S]*body metrics Art\. 9/);
    expect(text).toContain("Take these fields out of the store.");
    expect(text).not.toContain("How to close it");
    expect(await violations(page)).toEqual([]);
  });

  test.each(["closed", "open"] as const)(
    "a store that nobody has looked into for long says why, and what to do, while %s",
    async (state) => {
      await using window = await open({ cluster: state, overdue: true }, cluster);
      const { page } = window;
      await expect.poll(async () => page.locator(".unfolded").innerText()).toContain("nobody has looked what is in it for long");
      const text = await page.locator(".unfolded").innerText();
      expect(text).toMatch(/What to do about it\s+Look into it by hand\./);
      expect(text).toMatch(/could not be counted: cli\/credential-unprotected/);
      expect(/How to close it[\s\S]*What to do about it/.test(text)).toBe(state === "open");
    },
  );

  test("while the watch ends again and again the page says why, and what to do", async () => {
    await using window = await open({ cluster: "open", watch: "crash-loop" });
    const text = async () => window.page.locator(".warning").innerText();
    await expect
      .poll(text)
      .toMatch(/Nobody is watching[\s\S]*started 9 times[\s\S]*no file with the webhook's secret[\s\S]*guard\/receiver/);
    expect(await tile(window.page, "metrics-cluster").locator(".tile-state").innerText()).toBe("Not known now");
  });
});
