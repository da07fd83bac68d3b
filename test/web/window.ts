/** A browser with one open dashboard, and what a person reads on it. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { expect } from "vitest";

export async function openBrowser(path: string): Promise<Browser> {
  // As root, Chromium refuses its own sandbox; what is loaded is ours.
  return chromium.launch({ executablePath: path, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

export interface Window extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and of scripts, and requests to elsewhere. */
  readonly wrongs: string[];
}

/** `path` and query; the log-in is done by the link's code. */
export async function openWindow(browser: Browser, link: string, path = "/", options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const wrongs: string[] = [];
  const { origin, hash } = new URL(link);
  page.on("console", (message) => message.type() === "error" && wrongs.push(message.text()));
  page.on("pageerror", (error) => wrongs.push(String(error)));
  page.on(
    "request",
    (request) => /^(data|blob):/.test(request.url()) || new URL(request.url()).origin === origin || wrongs.push(request.url()),
  );
  await page.goto(`${origin}${path}${hash}`);
  await page.locator("h1").first().waitFor();
  return { page, context, wrongs, [Symbol.asyncDispose]: async () => context.close() };
}

/** Head and rows of the large table as texts, when nothing is being asked any more. */
export async function readGrid(page: Page): Promise<{ readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }> {
  await page.locator(".metric[aria-busy='false'] table.grid tbody tr").first().waitFor();
  const texts = async (selector: string): Promise<readonly string[]> => page.locator(selector).allInnerTexts();
  const head = await texts("table.grid thead th");
  // A text for the page: the compiler knows no browser here.
  const rows = await page.evaluate<readonly (readonly string[])[]>(
    `[...document.querySelectorAll("table.grid tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent))`,
  );
  return { head, rows };
}

/** The shown numbers of the first column, newest first, equal those of the API's answer to `query`. */
export async function expectSameNumbers(page: Page, query: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const response = await page.request.get(query);
        const { cells } = (await response.json()) as { readonly cells: readonly { readonly value: number }[] };
        const { head, rows } = await readGrid(page);
        const columns = head.length - 1;
        const shown = rows.flatMap((row) => row.slice(1).map((text) => Number(text.replaceAll(/[,\s%]/g, "")))).toSorted((a, b) => a - b);
        const expected = cells.map(({ value }) => value).toSorted((a, b) => a - b);
        return { columns: columns > 0, same: JSON.stringify(shown) === JSON.stringify(expected), cells: expected.length > 0 };
      },
      { timeout: 8_000 },
    )
    .toEqual({ columns: true, same: true, cells: true });
}
