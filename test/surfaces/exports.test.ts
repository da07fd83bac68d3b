/** CSV and Parquet hold what the JSON of the same question holds; Parquet is read by another program than the one that wrote it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi } from "../../src/api/server.ts";
import { csvOf } from "../../src/api/http/export/csv.ts";
import { parquetOf } from "../../src/api/http/export/parquet.ts";
import type { Column } from "../../src/api/http/export/table.ts";
import { tableOf } from "../../src/api/http/export/table.ts";
import type { Answer } from "../../src/metrics/answer.ts";
import { Engine } from "../../src/mirror/duckdb/engine.ts";
import { fakeBackend, fakeTokens, noPeople } from "../support/fake-backend.ts";
import type { SmallApi } from "../support/small-backend.ts";
import { openSmallApi } from "../support/small-backend.ts";

let api: SmallApi;
let folder: string;
let engine: Engine;
beforeAll(async () => {
  [api, folder] = await Promise.all([openSmallApi(), mkdtemp(join(tmpdir(), "vitrine-export-"))]);
  engine = await Engine.open(":memory:", { memoryLimit: "64MB", threads: 1, tempFolder: folder, tempMax: "64MB", walMax: "16MB" });
});
afterAll(async () => {
  engine.close();
  await api[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const always = ["state", "class", "k", "suppressed", "proven_at"];
const question = "grain=day&from=2026-10-01&to=2026-11-10&by=model";

/** RFC 4180, by its grammar. */
function readCsv(text: string): readonly Record<string, string>[] {
  expect(text).toMatch(/\r\n$/);
  const lines = [...text.matchAll(/((?:"(?:[^"]|"")*"|[^,\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^,\r\n]*))*)\r\n/g)].map((line) =>
    [...`${line[1]},`.matchAll(/("(?:[^"]|"")*"|[^,]*),/g)].map(([, one = ""]) =>
      one.startsWith('"') ? one.slice(1, -1).replaceAll('""', '"') : one,
    ),
  );
  const [head = [], ...rows] = lines;
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""])));
}

async function readParquet(bytes: Buffer) {
  const file = join(folder, `${bytes.length}.parquet`);
  await writeFile(file, bytes);
  const connection = await engine.connect();
  try {
    return await connection.rows(`SELECT * FROM '${file}'`);
  } finally {
    connection.close();
  }
}

describe("one question, three forms", () => {
  test("the same numbers", async () => {
    const ask = async (form: string) => api.get(`/v1/metrics/failure_rate${form}?${question}`);
    const [asJson, asCsv, asParquet] = [await ask(""), await ask(".csv"), await ask(".parquet")];
    const { cells, k, class: kind, cellsWithheld, proven } = asJson.json<Answer>();
    expect(cells.length).toBeGreaterThan(50);
    const csv = readCsv(asCsv.body);
    const parquet = await readParquet(asParquet.rawPayload);
    expect([csv.length, parquet.length]).toEqual([cells.length, cells.length]);
    for (const [index, cell] of cells.entries()) {
      const expected = [
        cell.period,
        cell.by["model"] ?? "",
        String(cell.count),
        String(cell.hits),
        String(cell.value),
        kind,
        String(k),
        String(cellsWithheld),
      ];
      const row = csv[index];
      expect(["period", "model", "count", "hits", "value", "class", "k", "suppressed"].map((name) => row?.[name])).toEqual(expected);
      expect(Date.parse(row?.["proven_at"] ?? "")).toBe(Date.parse(proven?.at ?? ""));
      const stored = parquet[index];
      expect([stored?.["period"], stored?.["model"] ?? "", Number(stored?.["count"]), Number(stored?.["hits"]), stored?.["value"]]).toEqual(
        [cell.period, cell.by["model"] ?? "", cell.count, cell.hits, cell.value],
      );
    }
  });

  test("the columns that say how true it is are there for every metric and every grain", async () => {
    for (const metric of ["activations", "failure_rate"]) {
      for (const grain of ["hour", "day", "week", "month", "all"]) {
        const { statusCode, body } = await api.get(`/v1/metrics/${metric}.csv?grain=${grain}&range=last%203%20months`);
        if (statusCode !== 200) continue;
        expect(body.split("\r\n")[0]?.split(",").slice(-5)).toEqual(always);
      }
    }
  });

  test("a file for a browser, and a media type for a program", async () => {
    const { headers } = await api.get(`/v1/metrics/failure_rate.csv?${question}`);
    expect(headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
    expect(headers["content-disposition"]).toBe('attachment; filename="failure_rate.csv"');
    expect(headers["cache-control"]).toBe("private, no-cache");
    expect((await api.get(`/v1/metrics/failure_rate.parquet?${question}`)).headers["content-type"]).toBe("application/vnd.apache.parquet");
  });

  test("the same refusals", async () => {
    for (const form of ["", ".csv", ".parquet"]) {
      expect((await api.get(`/v1/metrics/failure_rate${form}?by=colour`)).json()).toMatchObject({ code: "metrics/unknown-dimension" });
      expect((await api.get(`/v1/metrics/nothing${form}`)).statusCode).toBe(404);
    }
    expect((await api.get("/v1/metrics/failure_rate.xlsx")).statusCode).toBe(404);
  });
});

test("while the copy is being built a file is refused, for an empty one would be drawn as an answer; JSON says it in its envelope", async () => {
  const reasons = [{ reason: "loading", message: "The copy is being loaded.", remedy: "Wait." }];
  const building = fakeBackend({ answer: async () => ({ ...answer, state: "building", reasons, proven: undefined }) });
  const { entries, bearer } = fakeTokens();
  await using app = await createApi({
    backend: building,
    hosts: [],
    tokens: () => entries,
    ...noPeople(),
    version: "0.1.0",
    nowMs: () => 0,
  });
  const ask = async (form: string) =>
    app.inject({ url: `/v1/metrics/m${form}`, headers: { host: "127.0.0.1", authorization: bearer.viewer } });
  for (const form of [".csv", ".parquet"]) {
    const refused = await ask(form);
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([503, "1"]);
    expect(refused.json()).toMatchObject({ code: "cli/not-ready", detail: "No numbers yet: The copy is being loaded." });
  }
  expect((await ask("")).json()).toMatchObject({ state: "building", cells: [] });
});

const answer: Answer = {
  metric: "m",
  title: "M",
  kind: "count",
  unit: "",
  owner: "",
  format: "number",
  question: { metric: "m", grain: "day", from: "2026-11-01", to: "2026-11-02", by: ["country"], where: {} },
  state: "ready",
  reasons: [],
  notes: [],
  class: "live",
  k: 10,
  applied: undefined,
  proven: { lsn: "0/1", at: "2026-11-22T22:00:00.000Z" },
  lagMs: 0,
  definitionVersion: "",
  generation: 1,
  from: "day",
  cells: [],
  cellsWithheld: 0,
};
const withCountry = (country: string | null, period = "2026-11-01"): Answer => ({
  ...answer,
  cells: [{ period, by: { country }, count: 1, hits: undefined, value: 1, atLeastK: true }],
});
const columnOf = (columns: readonly Column[], name: string) => columns.find((column) => column.name === name)?.values;

describe("formulas", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "  =1", "=cmd|' /C calc'!A0", '"=1"', "%0A=1"]) {
    test(`${JSON.stringify(text)} is a text`, () => {
      const value = readCsv(csvOf(tableOf(withCountry(text), "UTC")))[0]?.["country"];
      expect(value).toBe(`'${text}`);
    });
  }

  for (const text of ["US", "a,b", 'a "quoted" b', "a\r\nb", "", "cam-1", "1.2.3"]) {
    test(`${JSON.stringify(text)} is left as it is`, () => {
      expect(readCsv(csvOf(tableOf(withCountry(text), "UTC")))[0]?.["country"]).toBe(text);
    });
  }
});

describe("the table", () => {
  test("nothing shown and something withheld is one row that says so", () => {
    const rows = readCsv(csvOf(tableOf({ ...answer, cellsWithheld: 7 }, "UTC")));
    expect(rows).toEqual([
      {
        period: "",
        period_start: "",
        country: "",
        count: "",
        value: "",
        state: "ready",
        class: "live",
        k: "10",
        suppressed: "7",
        proven_at: "2026-11-22T22:00:00.000Z",
      },
    ]);
  });

  test("nothing at all is a header, in both forms", async () => {
    expect(csvOf(tableOf(answer, "UTC"))).toBe("period,period_start,country,count,value,state,class,k,suppressed,proven_at\r\n");
    expect(await readParquet(parquetOf(tableOf(answer, "UTC")))).toEqual([]);
  });

  test.for(["stale", "untrusted"] as const)("the state %s stands in every row, and an answer without one is no empty table", (state) => {
    expect(columnOf(tableOf({ ...withCountry("US"), state }, "UTC"), "state")).toEqual([state]);
    const none = readCsv(csvOf(tableOf({ ...answer, state }, "UTC")));
    expect(none).toMatchObject([{ state, period: "", count: "", value: "", suppressed: "0" }]);
  });

  test("a sum of decimals is a decimal in every form", async () => {
    const cell = { period: undefined, by: {}, count: 3, hits: undefined, sum: 12.75, value: 12.75, atLeastK: true };
    const sum: Answer = { ...answer, kind: "sum", question: { ...answer.question, by: [] }, cells: [cell] };
    expect(readCsv(csvOf(tableOf(sum, "UTC")))).toMatchObject([{ count: "3", sum: "12.75", value: "12.75" }]);
    expect(await readParquet(parquetOf(tableOf(sum, "UTC")))).toMatchObject([{ sum: 12.75, value: 12.75 }]);
  });

  test("a dimension that is called as one of our columns gives way", () => {
    const clash: Answer = {
      ...answer,
      question: { ...answer.question, by: ["class"] },
      cells: [{ ...withCountry("x").cells[0]!, by: { class: "x" } }],
    };
    expect(columnOf(tableOf(clash, "UTC"), "by_class")).toEqual(["x"]);
    expect(columnOf(tableOf(clash, "UTC"), "class")).toEqual(["live"]);
  });

  test.for([
    ["2026-11-01", "2026-11-01T07:00:00.000Z"],
    ["2026-11", "2026-11-01T07:00:00.000Z"],
    ["2026-12-01", "2026-12-01T08:00:00.000Z"],
    ["2026-11-22T14", "2026-11-22T22:00:00.000Z"],
    ["2026-11-01T01-07:00", "2026-11-01T08:00:00.000Z"],
    ["2026-11-01T01-08:00", "2026-11-01T09:00:00.000Z"],
  ] as const)("the period %s begins at %s in Los Angeles", ([period, start]) => {
    const [at] = columnOf(tableOf(withCountry("US", period), "America/Los_Angeles"), "period_start") ?? [];
    expect(new Date(Number(at)).toISOString()).toBe(start);
  });
});
