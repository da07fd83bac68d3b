/** The guard's page as a person has it: what is open stands first and says how it is closed, and what nobody knows is never shown as fine. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { violations } from "./axe.ts";
import type { FakeApi } from "./fake-api.ts";
import { fakeApi } from "./fake-api.ts";
import type { FakeGuard } from "./fake-exposure.ts";
import { calmGuard } from "./fake-exposure.ts";
import type { Window } from "./window.ts";
import { openBrowser, openWindow, pageWithLink } from "./window.ts";

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

  async function open(guard: Partial<FakeGuard> = {}, view = exposure, options: Parameters<typeof openWindow>[3] = {}): Promise<Window> {
    Object.assign(api.state.guard, guard);
    return openWindow(browser, api.link, view, options);
  }
  const tile = (page: Page, name: string) => page.locator(".tile", { has: page.getByRole("heading", { name, exact: true }) });
  const names = async (page: Page) => page.locator(".tile h2").allInnerTexts();
  const fact = async (page: Page, term: string) =>
    page
      .locator(".facts div")
      .filter({ has: page.getByText(term, { exact: true }) })
      .locator("dd")
      .innerText();
  /** Whatever becomes of the test: the next one has a server. */
  async function withoutServer(work: () => Promise<void>): Promise<void> {
    await api.stop();
    try {
      await work();
    } finally {
      await api.start();
    }
  }

  test("an open store stands first, with what is expected, what is seen, from where and since when", async () => {
    await using window = await open({ cluster: "open" });
    const { page, wrongs } = window;
    await expect.poll(async () => names(page)).toEqual(["metrics-cluster", "cache", "exports"]);
    const text = await tile(page, "metrics-cluster").innerText();
    expect(text).toContain("Records can be read without credentials");
    expect(text).toMatch(/Since .*\d\d:\d\d:\d\d, 12 min ago/);
    expect(text).toMatch(/here: records can be read · expected: asks for a log-in · checked \d s ago/);
    expect(text).toMatch(/from outside: no answer, filtered · expected: unreachable/);
    expect(text).toContain("140 with body metrics (Art. 9)");
    expect(text).toContain("taken by nobody yet");
    expect([await fact(page, "Not as expected"), await fact(page, "Alarms taken by nobody")]).toEqual(["1", "1"]);
    expect(wrongs).toEqual([]);
  });

  test("unfolded it says what can be read, Art. 9 first, how many at least, and how it is closed", async () => {
    await using window = await open({ cluster: "open" }, cluster);
    const { page, context } = window;
    const rows = page.locator(".readable tbody tr");
    await expect.poll(async () => rows.first().innerText()).toMatch(/body metrics Art\. 9\s+140\s+not allowed here/);
    const texts = await rows.allInnerTexts();
    expect(texts.find((one) => one.includes("e-mail"))).toMatch(/at least 2,000,000/);
    expect(texts.find((one) => one.includes("Wi-Fi"))).toContain("not counted");
    expect(texts.at(-1)).toMatch(/device models\s+2,400,000\s+allowed here/);
    const unfolded = await page.locator(".unfolded").innerText();
    expect(unfolded).toContain("2,400,000 records of about 2,312,000 (2,200,000 to 2,430,000) persons");
    expect(unfolded).toMatch(/pagerduty taken .*\n?webhook .*not taken yet, 4 tries/);
    expect(unfolded).toContain("it looked closed and was open again once");
    expect(unfolded).toMatch(/10\.0\.0\.7:9200 plain\s+records can be read/);
    expect(unfolded).toMatch(/IPv6 –\s+not tested/);
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: api.url });
    await page.getByRole("button", { name: "Copy" }).click();
    await expect.poll(async () => page.locator(".unfolded .said").innerText()).toBe("Copied.");
    expect(await page.evaluate<string>("navigator.clipboard.readText()")).toContain("xpack.security.enabled: true");
  });

  test("filter, unfolding and range by mouse; back, reload, and the copied link from another origin", async () => {
    await using window = await open({ cluster: "open" });
    const { page, context } = window;
    await page.getByLabel("Owner").selectOption("data platform");
    await expect.poll(async () => names(page)).toEqual(["metrics-cluster", "exports"]);
    await page.getByRole("radio", { name: "Not as expected" }).click();
    await expect.poll(async () => names(page)).toEqual(["metrics-cluster"]);
    await page.getByRole("link", { name: "What can be read" }).click();
    await page.locator(".unfolded").waitFor();
    await page.getByRole("radio", { name: "7 days" }).click();
    const rows = page.locator(".spans tbody tr");
    await expect.poll(async () => (await rows.allInnerTexts()).filter((one) => one.includes("not as expected")).length).toBe(2);
    const link = page.url();
    expect(new URL(link).search).toBe(
      "?page=exposure&range=last+7+days&where.owner=data+platform&where.state=deviation&asset=metrics-cluster",
    );
    await page.goBack();
    await page.goBack();
    await expect.poll(async () => page.locator(".unfolded").count()).toBe(0);
    await page.goBack();
    await expect.poll(async () => names(page)).toEqual(["metrics-cluster", "exports"]);
    await page.goto(link);
    await page.reload();
    await page.locator(".unfolded").waitFor();
    await using other = await pageWithLink(link);
    const tab = await context.newPage();
    await tab.goto(other.url);
    await tab.getByRole("link").click();
    await tab.locator(".unfolded").waitFor();
    expect(await names(tab)).toEqual(["metrics-cluster"]);
    expect(await tab.locator("input[name=range]:checked").getAttribute("value")).toBe("last 7 days");
  });

  test("the same by keyboard alone, and the alarm is taken by it", async () => {
    await using window = await open({ cluster: "open" });
    const { page } = window;
    await page.locator("input[name=state]:checked").focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(async () => names(page)).toEqual(["metrics-cluster"]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".unfolded").waitFor();
    expect(await page.evaluate<string>("document.activeElement.textContent")).toContain("Fold up");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(async () => page.locator(".alarm").innerText()).toMatch(/demo .*\d\d:\d\d:\d\d, \d s ago/);
    expect(await tile(page, "metrics-cluster").innerText()).toContain("Alarm taken by demo");
  });

  test.each([
    ["refused", "Not acknowledged: The state folder is full."],
    ["silent", "nobody knows whether it is acknowledged"],
  ] as const)("an acknowledgement that is %s is said as such, and can be tried again", async (acknowledging, words) => {
    await using window = await open({ cluster: "open", acknowledging }, cluster);
    const { page } = window;
    const button = page.getByRole("button", { name: "Acknowledge" });
    await button.click();
    await expect.poll(async () => page.locator(".failure").innerText()).toContain(words);
    expect(await page.locator(".alarm").innerText()).toContain("nobody yet");
    api.state.guard.acknowledging = "taken";
    await button.click();
    await expect.poll(async () => button.count()).toBe(0);
  });

  test("an opening comes without a reload and is announced once; a closing takes it away", async () => {
    await using window = await open();
    const { page } = window;
    await expect.poll(async () => tile(page, "metrics-cluster").innerText()).toContain("As expected");
    await expect.poll(async () => page.locator(".freshness").innerText()).toContain("live");
    await page.evaluate(`
      globalThis.said = [];
      new MutationObserver(() => globalThis.said.push(document.querySelector(".exposure > [role=alert]").textContent))
        .observe(document.querySelector(".exposure > [role=alert]"), { childList: true, characterData: true, subtree: true });
    `);
    api.state.guard.cluster = "open";
    api.changed();
    await expect.poll(async () => names(page), { timeout: 20_000 }).toEqual(["metrics-cluster", "cache", "exports"]);
    await expect.poll(async () => tile(page, "metrics-cluster").innerText(), { timeout: 20_000 }).toContain("Records can be read");
    for (let changes = 0; changes < 3; changes++) {
      api.changed();
      await page.waitForTimeout(500);
    }
    expect(await page.evaluate("globalThis.said")).toEqual(["metrics-cluster: Records can be read without credentials."]);
    api.state.guard.cluster = "closing";
    api.changed();
    await expect.poll(async () => tile(page, "metrics-cluster").innerText(), { timeout: 20_000 }).toContain("Looks closed, not proven yet");
    expect(await fact(page, "Not known")).toBe("1");
    api.state.guard.cluster = "closed";
    api.changed();
    await expect.poll(async () => tile(page, "metrics-cluster").innerText(), { timeout: 20_000 }).toContain("As expected");
    expect(await page.evaluate("globalThis.said")).toHaveLength(1);
  });

  test("without events the page says so and asks by itself", async () => {
    await using window = await open({ tellsEvents: false });
    const { page } = window;
    await expect.poll(async () => page.locator(".freshness").innerText()).toContain("not live: asked every 3 s");
    api.state.guard.cluster = "open";
    await expect.poll(async () => tile(page, "metrics-cluster").innerText(), { timeout: 20_000 }).toContain("Records can be read");
  });

  test("a server that goes turns every tile into not known, at once, and it goes on by itself", async () => {
    await using window = await open({ cluster: "open" });
    const { page } = window;
    await expect.poll(async () => page.locator(".freshness").innerText()).toContain("live");
    await withoutServer(async () => {
      await expect.poll(async () => page.locator(".warning").innerText(), { timeout: 20_000 }).toContain("No connection");
      expect(await page.locator(".tile-state").allInnerTexts()).toEqual(["Not known now", "Not known now", "Not known now"]);
      expect(await tile(page, "metrics-cluster").innerText()).toContain("At the last check: records can be read, not as expected");
      expect(await fact(page, "As expected")).toBe("0");
    });
    await expect.poll(async () => page.locator(".warning").count(), { timeout: 20_000 }).toBe(0);
    await expect.poll(async () => tile(page, "cache").innerText()).toContain("As expected");
  });

  const notKnown = [
    ["a check that cannot tell", { cluster: "unknown" }, "Not known"],
    ["a check that is too old", { cluster: "stale" }, "Not known now"],
  ] as const;
  test.each(notKnown)("%s is not known: another word, another shape, and after no green", async (_, guard, words) => {
    await using window = await open(guard);
    const { page } = window;
    await expect.poll(async () => names(page)).toEqual(["metrics-cluster", "cache", "exports"]);
    const first = tile(page, "metrics-cluster");
    expect(await first.locator(".tile-state").innerText()).toBe(words);
    const styles = async (name: string) =>
      tile(page, name)
        .locator(".tile-mark")
        .evaluate((mark) => {
          // A text for the compiler, which knows no browser here.
          const read = new Function("mark", "const s = getComputedStyle(mark); return [s.borderTopStyle, s.color, mark.textContent];"); // eslint-disable-line -- as above
          return read(mark) as readonly string[]; // eslint-disable-line -- as above
        });
    const [odd, fine] = [await styles("metrics-cluster"), await styles("cache")];
    expect(odd[0]).toBe("dashed");
    for (const at of [0, 1, 2]) expect(odd[at]).not.toBe(fine[at]);
    expect(await fact(page, "Not known")).toBe("1");
  });

  test("while nobody watches that stands above everything, and no tile is fine", async () => {
    await using window = await open({ watch: "not-watching" });
    const { page } = window;
    await expect
      .poll(async () => page.locator(".warning").innerText())
      .toMatch(/Nobody is watching\s+No check has been made since .*25 min ago/);
    expect(await page.locator("main > *").first().getAttribute("class")).toContain("warning");
    expect(await page.locator(".tile-state").allInnerTexts()).toEqual(["Not known now", "Not known now", "Not known now"]);
    expect(await page.locator(".freshness").innerText()).not.toContain("Watching");
    const rows = page.locator(".spans tbody tr");
    await expect.poll(async () => rows.first().innerText()).toMatch(/nobody watched\s+–\s+.*\s+now\s+25 min/);
  });

  test("over a day: gaps are gaps, in the strip and in the table, and both say the same", async () => {
    await using window = await open({ cluster: "open" });
    const { page } = window;
    const strip = page.getByRole("img", { name: /^metrics-cluster:/ });
    await expect
      .poll(async () => strip.getAttribute("aria-label"))
      .toMatch(/not as expected for 12 min, not known for 60 min, nobody watched for 3 h, as expected for 20 h/);
    const drawn = await strip
      .locator(".span")
      .evaluateAll((spans) => spans.map((span) => String((span as { className?: unknown }).className).replace("span is-", "")));
    const written = (
      await page.locator(".spans tbody tr", { hasText: "metrics-cluster" }).locator("td:nth-child(2)").allInnerTexts()
    ).toReversed();
    const words: Readonly<Record<string, string>> = {
      deviation: "not as expected",
      unknown: "not known",
      "as-expected": "as expected",
      unwatched: "nobody watched",
    };
    expect(drawn.map((one) => words[one])).toEqual(written);
    expect(written).toEqual([
      "as expected",
      "nobody watched",
      "as expected",
      "not known",
      "as expected",
      "nobody watched",
      "as expected",
      "not as expected",
    ]);
  });

  test("a listener that nobody declared has its alarm beside the stores", async () => {
    await using window = await open({ undeclared: true });
    const { page } = window;
    await expect
      .poll(async () => page.locator(".other-alarms").innerText())
      .toContain("undeclared listener on port 6379: answers as Redis");
    expect(await page.locator(".other-alarms").innerText()).toContain("to nobody");
    await page.getByRole("button", { name: "Acknowledge" }).click();
    await expect.poll(async () => fact(page, "Alarms taken by nobody")).toBe("1");
  });

  test("other pages say beside its name that a store is open, or not known, and nothing while all is as expected", async () => {
    await using window = await open({ cluster: "open" }, "/");
    const { page } = window;
    const link = page.getByRole("link", { name: "Exposure" });
    await expect.poll(async () => link.innerText()).toMatch(/Exposure\s*1\s*not as expected/);
    expect(await violations(page)).toEqual([]);
    api.state.guard.cluster = "unknown";
    await page.reload();
    await expect.poll(async () => link.innerText()).toMatch(/Exposure\s*\?\s*not known/);
    api.state.guard.cluster = "closed";
    await page.reload();
    await expect.poll(() => api.asked.includes("/v1/guard/assets")).toBe(true);
    await page.waitForTimeout(300);
    expect((await link.innerText()).trim()).toBe("Exposure");
  });

  test("where the file declares stores and no metric, the link opens this page", async () => {
    api.state.noMetrics = true;
    await using window = await open({}, "/");
    await expect.poll(async () => names(window.page)).toContain("metrics-cluster");
    expect(window.page.url()).toBe(`${api.url}${exposure}`);
  });

  test("where nothing is declared the page says what to write", async () => {
    await using window = await open({ empty: true, watch: "never" });
    await expect.poll(async () => window.page.locator(".nothing-declared").innerText()).toContain("expect: auth-required");
    expect(await window.page.locator(".warning").count()).toBe(0);
    expect(await window.page.locator(".freshness").innerText()).toContain("Nothing to watch");
    api.state.guard.empty = false;
    api.changed();
    await expect.poll(async () => window.page.locator(".warning").innerText()).toContain("never been begun");
  });

  test.each(["viewer", "analyst"] as const)(
    "a %s is not offered the page, is told why by a link, and nothing of the guard is asked for",
    async (role) => {
      api.state.role = role;
      api.asked.length = 0;
      await using window = await open({ cluster: "open" });
      const { page, wrongs } = window;
      await expect.poll(async () => page.locator(".problem").innerText()).toContain(`Your role is ${role}.`);
      expect(await page.getByRole("link", { name: "Exposure" }).count()).toBe(0);
      expect(api.asked.filter((one) => one.startsWith("/v1/guard"))).toEqual([]);
      expect(wrongs).toEqual([]);
    },
  );

  const looks = [
    { colorScheme: "light", width: 1440 },
    { colorScheme: "dark", width: 390 },
  ] as const;
  const states: readonly (readonly [string, Partial<FakeGuard>, string])[] = [
    ["closed", {}, exposure],
    ["open", { cluster: "open", undeclared: true }, exposure],
    ["open and unfolded", { cluster: "open" }, cluster],
    ["unknown", { cluster: "unknown" }, cluster],
    ["stale", { cluster: "stale" }, exposure],
    ["not watching", { cluster: "open", watch: "not-watching" }, exposure],
    ["crash loop, open and overdue", { cluster: "open", watch: "crash-loop", overdue: true }, cluster],
    ["empty", { empty: true, watch: "never" }, exposure],
  ];
  for (const [name, guard, view] of states) {
    test.each(looks)(`axe finds nothing while ${name}, $colorScheme at $width pixels`, async ({ colorScheme, width }) => {
      await using window = await open(guard, view, { colorScheme, viewport: { width, height: 844 }, reducedMotion: "reduce" });
      await window.page.locator(".spans tbody tr, .nothing-declared").first().waitFor();
      expect(await violations(window.page)).toEqual([]);
      expect(window.wrongs).toEqual([]);
    });

    test(`at 400 % nothing is wider than the window while ${name}`, async () => {
      await using window = await open(guard, view, { viewport: { width: 320, height: 256 } });
      await window.page.locator(".spans tbody tr, .nothing-declared").first().waitFor();
      expect(await window.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(320);
    });
  }

  test.each(looks)(
    "axe finds nothing where the page is not allowed, nor without a connection, $colorScheme",
    async ({ colorScheme, width }) => {
      api.state.role = "analyst";
      await using denied = await open({}, exposure, { colorScheme, viewport: { width, height: 844 } });
      await denied.page.locator(".problem").waitFor();
      expect(await violations(denied.page)).toEqual([]);
      api.state.role = "responder";
      await using window = await open({ cluster: "open" }, cluster, { colorScheme, viewport: { width, height: 844 } });
      await window.page.locator(".spans tbody tr").first().waitFor();
      await withoutServer(async () => {
        await window.page.locator(".warning").waitFor();
        expect(await violations(window.page)).toEqual([]);
      });
    },
  );

  test("paper has the tiles, the strips and the table, and no controls", async () => {
    await using window = await open({ cluster: "open" }, cluster);
    const { page } = window;
    await page.locator(".spans tbody tr").first().waitFor();
    await page.emulateMedia({ media: "print" });
    for (const gone of [".controls", ".tile-unfold", ".take .button", ".actions"])
      expect(await page.locator(gone).first().isVisible(), gone).toBe(false);
    for (const stays of [".tile", ".strip", ".spans", ".remedy"]) expect(await page.locator(stays).first().isVisible(), stays).toBe(true);
  });
});
