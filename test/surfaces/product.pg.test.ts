/** The running product from outside: a printed link, tokens, an analyst's reason in the audit log, files, the description's examples. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadChinook } from "../../examples/chinook/load.ts";
import type { AuditReport } from "../../src/api/contract.ts";
import { openState } from "../../src/cli/state.ts";
import type { Answer } from "../../src/metrics/answer.ts";
import { SmallBrowser } from "../support/issuer.ts";
import type { RunningProduct } from "../support/product.ts";
import { runProduct, until } from "../support/product.ts";

const question = "grain=month&by=country&from=2000-01-01&to=2026-11-01";
// With a sum of numeric(10,2) besides what the example has.
const declaration = `${readFileSync(new URL("../../examples/chinook/vitrine.yaml", import.meta.url), "utf8").replace("{ is: money }", "{ is: money, take: keep }")}
  revenue:
    title: Revenue
    description: Totals of invoices by month and by the country of the customer.
    unit: dollars
    sum: invoice.total
    by: [country]
    grain: [month]
`;
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

test("a sum of numeric(10,2) is what the source says, to the cent, in JSON, CSV and Parquet", async () => {
  const [row] = await running.source.rows("SELECT sum(total) AS total, count(*) AS n FROM invoice");
  const [total, count] = [String(row?.["total"]), Number(row?.["n"])];
  expect(total).toMatch(/^\d+\.\d\d$/);
  const asked = (form: string) => `/v1/metrics/revenue${form}?grain=all&from=2000-01-01&to=2026-11-01&reason=ticket%207`;
  const analyst = await tokenOf("analyst");
  const { cells } = (await (await get(asked(""), analyst)).json()) as Answer;
  expect(cells).toMatchObject([{ sum: Number(total), value: Number(total), count }]);
  const [names = [], values = []] = (await (await get(asked(".csv"), analyst)).text()).split("\r\n").map((line) => line.split(","));
  expect([values[names.indexOf("sum")], values[names.indexOf("state")]]).toEqual([String(cells[0]?.sum), "ready"]);
  const parquet = await get(asked(".parquet"), analyst);
  expect([parquet.status, Buffer.from(await parquet.arrayBuffer()).toString("latin1", 0, 4)]).toEqual([200, "PAR1"]);
});

test("a viewer is not shown what an analyst is, and a role that there is not is not given", async () => {
  const viewer = await tokenOf("viewer");
  const response = await get(`/v1/metrics/invoices?${question}`, viewer);
  expect(response.status).toBe(200);
  expect((await get(`/v1/metrics/invoices?${question}&reason=curious`, viewer)).status).toBe(403);
  const { code, stderr } = await running.product.command(["token", "create", "--role", "owner", "--name", "x"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("viewer, analyst, responder, admin")]);
});

test("what an analyst was given just before the server was killed stands in the audit log, once, and its connection goes on", async () => {
  const [analyst, admin] = [await tokenOf("analyst"), await tokenOf("admin")];
  const asked = `/v1/metrics/invoices?${question}&reason=just%20before`;
  expect((await get(asked, analyst)).status).toBe(200);
  await running.product.kill("server");
  // Nobody logs in anew: the same client asks again, and is answered when the server is there.
  await until("an answer after the kill", 60_000, async () => {
    const again = await get("/v1/metrics", analyst).catch(() => undefined);
    return again?.status === 200 ? true : undefined;
  });
  const { entries } = (await (await get("/v1/audit?limit=50", admin)).json()) as AuditReport;
  expect(entries.filter(({ reason }) => reason === "just before")).toMatchObject([{ intact: true, metric: "invoices" }]);
});

test("a session that is revoked ends on a connection that is open, and does not come back with a restart", async () => {
  const { stdout } = await running.product.command(["link", "--role", "viewer", "--name", "leaving"]);
  const browser = new SmallBrowser();
  const headers = { origin: url, "content-type": "application/json" };
  const body = JSON.stringify({ code: stdout.trim().split("#code=")[1] });
  expect((await browser.request(`${url}/v1/session`, { method: "POST", headers, body })).status).toBe(200);
  expect((await browser.request(`${url}/v1/metrics`)).status).toBe(200);
  const list = async () =>
    JSON.parse((await running.product.command(["session", "list", "--json"])).stdout) as readonly {
      readonly id: string;
      readonly name: string;
    }[];
  const { id } = (await list()).find(({ name }) => name === "leaving") ?? { id: "" };
  expect((await running.product.command(["session", "revoke", id])).code).toBe(0);
  expect((await browser.request(`${url}/v1/metrics`)).status).toBe(401);
  expect((await running.product.command(["session", "revoke", id])).code).not.toBe(0);
  await running.product.kill("server");
  await running.untilProven("invoices", question);
  expect((await browser.request(`${url}/v1/metrics`)).status).toBe(401);
  expect((await list()).map(({ name }) => name)).not.toContain("leaving");
});

test("a backup has what was noted a moment ago; the words of an entry can be erased, and the entry stays", async () => {
  const [analyst, admin] = [await tokenOf("analyst"), await tokenOf("admin")];
  expect((await get(`/v1/metrics/invoices?${question}&reason=erase%20me`, analyst)).status).toBe(200);
  const folder = mkdtempSync(join(tmpdir(), "vitrine-backup-"));
  try {
    expect((await running.product.command(["backup", join(folder, "state.sqlite")])).code).toBe(0);
    using state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
    expect(state.audit({ limit: 1, before: undefined })).toMatchObject([{ body: { reason: "erase me" }, intact: true }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const newest = async () => ((await (await get("/v1/audit?limit=1", admin)).json()) as AuditReport).entries[0];
  const before = await newest();
  expect(before).toMatchObject({ words: "kept", name: "a analyst", reason: "erase me" });
  expect((await running.product.command(["audit", "erase", String(before?.id)])).code).toBe(0);
  const { id, at, metric, cells, lsn } = before ?? {};
  expect(await newest()).toEqual({ id, at, metric, cells, lsn, words: "erased", intact: false });
  expect((await running.product.command(["audit", "list", "--limit", "1"])).stdout).toMatch(/erased/);
});

test("a token that is revoked ends on a connection that is open", async () => {
  const { stdout } = await running.product.command(["token", "create", "--role", "viewer", "--name", "soon gone"]);
  const authorization = `Bearer ${stdout.trim()}`;
  expect((await get("/v1/metrics", authorization)).status).toBe(200);
  const listed = JSON.parse((await running.product.command(["token", "list", "--json"])).stdout) as readonly {
    readonly id: string;
    readonly name: string;
  }[];
  const { id } = listed.find(({ name }) => name === "soon gone") ?? { id: "" };
  expect((await running.product.command(["token", "revoke", id])).code).toBe(0);
  const after = await get("/v1/metrics", authorization);
  expect([after.status, await after.json()]).toMatchObject([401, { code: "api/unauthorized" }]);
});

test("with its source away it answers, says that it is stale, and is fresh again by itself", { timeout: 90_000 }, async () => {
  const before = await running.untilProven("invoices", question);
  await running.source.rows("ALTER ROLE vitrine_reader NOLOGIN");
  await running.source.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'vitrine_reader'");
  const stale = await until("a stale answer", 40_000, async () => {
    const answer = await running.answer("invoices", question);
    return answer.state === "stale" ? answer : undefined;
  });
  expect(stale.cells).toEqual(before.cells);
  expect(stale.reasons.map(({ reason }) => reason)).not.toEqual([]);
  expect(stale.lagMs).toBeGreaterThan(9_000);
  const viewer = await tokenOf("viewer");
  const csv = await get(`/v1/metrics/invoices.csv?${question}`, viewer);
  expect([csv.status, csv.headers.get("vitrine-state")]).toEqual([200, "stale"]);
  await running.source.rows("ALTER ROLE vitrine_reader LOGIN");
  expect((await running.untilProven("invoices", question)).state).toBe("ready");
});
