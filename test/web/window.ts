/** A browser with one open dashboard, and what a person reads on it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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
  const { origin, hash } = new URL(link);
  // With it, the tests' own questions (`page.request`) are as relative as the page's.
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const wrongs: string[] = [];
  page.on("console", (message) => message.type() === "error" && wrongs.push(`${message.text()} ${message.location().url}`));
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

interface Told {
  readonly applied?: { readonly lsn: string };
  readonly question: { readonly by: readonly string[] };
  readonly cells: readonly {
    readonly period?: string;
    readonly by: Readonly<Record<string, string | null>>;
    readonly value: number | null;
  }[];
}

/**
 * Each number of the API's answer to `query` stands in the row of its period and the column of its values, no other number is shown, and
 * page and API speak of one position of the source. `headers`: how the API is asked beside the session of the page.
 */
export async function expectSameNumbers(page: Page, query: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  await expect
    .poll(
      async () => {
        const answer = await told(page, query, headers);
        const texts = await shown(page);
        return { ...differences(answer, texts), isOnePosition: answer.applied?.lsn === (await shownPosition(page)) };
      },
      { timeout: 12_000 },
    )
    .toEqual({ cells: true, wrong: [], isOnePosition: true });
}

async function told(page: Page, query: string, headers: Readonly<Record<string, string>>): Promise<Told> {
  return (await (await page.request.get(query, { headers })).json()) as Told;
}

async function shownPosition(page: Page): Promise<string | null> {
  return page.locator(".small code").nth(1).textContent();
}

/** Texts by period and name of the column. */
async function shown(page: Page): Promise<ReadonlyMap<string, string>> {
  const { head } = await readGrid(page);
  const rows = await page.evaluate<readonly (readonly string[])[]>(
    `[...document.querySelectorAll("table.grid tbody tr")].map((row) => [row.dataset.period, ...[...row.querySelectorAll("td")].map((cell) => cell.textContent)])`,
  );
  const names = head.slice(1).map((text) => text.trim());
  return new Map(rows.flatMap(([period = "", ...texts]) => texts.map((text, at) => [`${period} ${names[at] ?? ""}`, text] as const)));
}

function differences(
  { question, cells }: Told,
  texts: ReadonlyMap<string, string>,
): { readonly cells: boolean; readonly wrong: readonly string[] } {
  const isSplit = question.by.length > 0;
  const [single = ""] = [...texts.keys()].map((key) => key.slice(key.indexOf(" ") + 1));
  const name = (by: Told["cells"][number]["by"]): string => (isSplit ? question.by.map((one) => by[one] ?? "none").join(" · ") : single);
  const expected = new Map(cells.map(({ period, by, value }) => [`${period ?? ""} ${name(by)}`, value]));
  const wrong = [...expected].flatMap(([key, value]) => (isText(texts.get(key), value) ? [] : [`${key}: ${texts.get(key)} for ${value}`]));
  const more = [...texts].flatMap(([key, text]) =>
    expected.has(key) || ["0", "–", "withheld"].includes(text) ? [] : [`${key}: ${text} for nothing`],
  );
  return { cells: cells.length > 0, wrong: [...wrong, ...more] };
}

/** Parts are shown in per cent with at least one digit after the point. */
function isText(text: string | undefined, value: number | null): boolean {
  if (text === undefined || value === null) return value === null && text === "withheld";
  const number = Number(text.replaceAll(/[,\s%]/g, ""));
  return text.endsWith("%") ? Math.abs(number / 100 - value) <= 0.0006 : number === value;
}

/** A page of another origin (a chat, say) with the link on it. */
export async function pageWithLink(link: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end(`<a href="${link.replaceAll("&", "&amp;")}">look</a>`),
  );
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
