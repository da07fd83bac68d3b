/** The running product from outside: a printed link, tokens, an analyst's reason in the audit log, files, the description's examples. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadChinook } from "../../examples/chinook/load.ts";
import type { AuditReport } from "../../src/api/contract.ts";
import type { Answer } from "../../src/metrics/answer.ts";
import { SmallBrowser } from "../support/issuer.ts";
import type { RunningProduct } from "../support/product.ts";
import { runProduct } from "../support/product.ts";

const question = "grain=month&by=country&from=2000-01-01&to=2026-11-01";
const declaration = readFileSync(new URL("../../examples/chinook/vitrine.yaml", import.meta.url), "utf8");
let running: RunningProduct;
let url: string;

beforeAll(async () => {
  running = await runProduct({ load: (at) => loadChinook({ url: at }), declaration });
  await running.untilProven("invoices", question);
  url = `http://${running.product.environment["VITRINE_LISTEN"]}`;
}, 120_000);
afterAll(async () => running[Symbol.asyncDispose](), 60_000);

async function tokenOf(role: string): Promise<string> {
  const { code, stdout } = await running.product.command(["token", "create", "--role", role, "--name", `a ${role}`]);
  expect(code).toBe(0);
  return `Bearer ${stdout.trim()}`;
}

const get = async (path: string, authorization: string) => fetch(`${url}${path}`, { headers: { authorization } });

test("the link of the command line opens a session, which outlives the server, and ends", async () => {
  const { stdout } = await running.product.command(["link", "--role", "viewer", "--name", "ann"]);
  const [page = "", code = ""] = stdout.trim().split("#code=");
  expect(page).toBe(`${url}/`);
  const browser = new SmallBrowser();
  const headers = { origin: url, "content-type": "application/json" };
  const open = async () => browser.request(`${url}/v1/session`, { method: "POST", headers, body: JSON.stringify({ code }) });
  expect([(await open()).status, (await open()).status]).toEqual([200, 403]);
  expect(await (await browser.request(`${url}/v1/session`)).json()).toMatchObject({ signedIn: true, name: "ann", role: "viewer" });
  await running.product.kill("server");
  await running.untilProven("invoices", question);
  expect((await browser.request(`${url}/v1/metrics`)).status).toBe(200);
  expect((await browser.request(`${url}/v1/session/end`, { method: "POST", headers: { origin: url } })).status).toBe(200);
  expect((await browser.request(`${url}/v1/metrics`)).status).toBe(401);
});

test("an analyst's reason stands in the audit log, which only an administrator reads", async () => {
  const [analyst, admin] = [await tokenOf("analyst"), await tokenOf("admin")];
  const answer = (await (await get(`/v1/metrics/invoices?${question}&reason=ticket%207`, analyst)).json()) as Answer;
  expect(answer.cells.length).toBeGreaterThan(100);
  expect((await get("/v1/audit", analyst)).status).toBe(403);
  const { entries } = (await (await get("/v1/audit?limit=5", admin)).json()) as AuditReport;
  expect(entries).toMatchObject([
    { name: "a analyst", role: "analyst", via: "token", reason: "ticket 7", metric: "invoices", cells: answer.cells.length, intact: true },
  ]);
  const csv = await (await get(`/v1/metrics/invoices.csv?${question}&reason=ticket%207`, analyst)).text();
  expect(csv.trim().split("\r\n")).toHaveLength(answer.cells.length + 1);
});

test("a viewer is not shown what an analyst is, and a reserved role is not given", async () => {
  const viewer = await tokenOf("viewer");
  const response = await get(`/v1/metrics/invoices?${question}`, viewer);
  expect(response.status).toBe(200);
  expect((await get(`/v1/metrics/invoices?${question}&reason=curious`, viewer)).status).toBe(403);
  const { code, stderr } = await running.product.command(["token", "create", "--role", "responder", "--name", "x"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("viewer, analyst, admin")]);
});
