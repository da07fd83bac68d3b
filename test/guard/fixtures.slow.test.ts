/** The fixtures that start within a few seconds. All of them, with what they need installed: `npm run test:guard`. */
import { afterAll, describe, expect, test } from "vitest";
import { fixtures } from "../support/servers/fixtures.ts";
import { exchange } from "../support/servers/line.ts";
import { mustBeThere } from "../support/servers/need.ts";
import { endTheOne } from "../support/servers/one-at-a-time.ts";
import { attempt, isFalseClosed, isFalseOpen, missingOf } from "./attempt.ts";
import { isAllowed, judgeOwnLog } from "./own-log.ts";
import { outsideOf } from "./relay.ts";

afterAll(endTheOne);

const fast = fixtures.filter(({ isFast }) => isFast);
if (mustBeThere) for (const need of fast.flatMap(missingOf)) if (!need.isThere()) await need.install();

describe("a real server in a known state gets the verdict that it deserves", () => {
  for (const fixture of fast) {
    const missing = missingOf(fixture);
    const name = `${fixture.service}: ${fixture.name}`;
    test.skipIf(missing.length > 0 && !mustBeThere)(
      missing.length === 0 ? name : `${name} (not tried: ${missing.map(({ command }) => command).join("; ")})`,
      { timeout: 60_000 },
      async () => {
        const { seen, expected, because, overheard, ownLog, holds, expectedToHold } = await attempt(fixture);
        expect(seen, because).toBe(expected);
        expect(holds).toEqual(expectedToHold);
        expect(overheard.outside).toBe(0);
        expect(ownLog.outside, ownLog.of).toEqual([]);
      },
    );
  }
});

test("what is not listed is overheard", () => {
  const listed = [Buffer.from("PING\r\n"), Buffer.from("QUIT\r\n"), Buffer.alloc(0)];
  expect(outsideOf(Buffer.from("PING\r\nQUIT\r\n"), listed)).toBe(0);
  expect(outsideOf(Buffer.from("PING\r\n\x16\x03\x01"), listed)).toBe(0);
  expect(outsideOf(Buffer.from("PING\r\nKEYS *\r\n"), listed)).toBe(8);
  expect(outsideOf(Buffer.from("PIN"), listed)).toBe(3);
});

describe("a server's own log", () => {
  const open = fast.find(({ service, name }) => service === "redis" && name === "open");

  test.skipIf(open === undefined || missingOf(open).length > 0)("has what a checker should not ask", async () => {
    await using running = await open!.start();
    const port = Number(new URL(running.url).port);
    expect((await judgeOwnLog(running.ownLog)).outside).toEqual([]);
    for (const planted of ["CONFIG GET dir\r\n", "SET vitrine:canary 1\r\n", "GET another:key\r\n"]) await exchange(port, planted);
    expect((await judgeOwnLog(running.ownLog)).outside).toEqual([
      '"SET" "vitrine:canary" "1"',
      '"GET" "another:key"',
      "counted config|get",
    ]);
  });

  test.each([
    ["MONITOR", '"KEYS" "*"'],
    ["MONITOR", '"SCAN" "0" "COUNT" "100000"'],
    ["MONITOR", '"HKEYS" "user:1"'],
    ["MONITOR", '"INFO"'],
    ["MONITOR", "counted config|get"],
    ["MONITOR", '"GET" "vitrine:canary" "x"'],
    ["memcached -vv", "set vitrine:canary 0 0 1"],
    ["memcached -vv", "get vitrine:canary other"],
    ["memcached -vv", "stats items"],
    ["log_statement", "LOG:  statement: select 1"],
    ["log_statement", 'LOG:  statement: SELECT pg_catalog.count(*), email FROM ONLY "public"."people"'],
    ["log_statement", 'LOG:  statement: SELECT "email" FROM ONLY "public"."people"'],
    ["log_statement", "LOG:  statement: SELECT value FROM vitrine.canary"],
    ["log_statement", "LOG:  statement: BEGIN TRANSACTION"],
    ["log_statement", "LOG:  execute <unnamed>: select 1"],
    ["log_statement", "LOG:  connection authorized: user=openrole database=metrics application_name=psql"],
    ["log_statement", "LOG:  received replication command: IDENTIFY_SYSTEM"],
    ["general_log", "Query\tselect 1"],
    ["general_log", "Query\tSELECT COUNT(*) AS n FROM `metrics`.`people`"],
    [
      "general_log",
      "Query\t/*M!100101 SET STATEMENT max_statement_time=8, lock_wait_timeout=1 FOR */ SELECT /*+ MAX_EXECUTION_TIME(8000) */ `email` FROM `metrics`.`people`",
    ],
    ["general_log", "Init DB\tmetrics"],
    ["general_log", "Field List\tusers"],
    ["HttpTracer", "GET /_search?size=1"],
    ["HttpTracer", "POST /users/_search?size=0&timeout=1s"],
    ["HttpTracer", "POST /users/_search"],
    ["HttpTracer", "POST /users/_search?filter_path=hits.hits"],
    ["HttpTracer", "DELETE /users"],
    ["HttpTracer", "PUT /vitrine-canary/_doc/canary"],
    ["HttpTracer", "GET /users/_doc/1"],
    ["HttpTracer", "POST /users/_search?filter_path=hits.hits"],
    ["HttpTracer", "GET /"],
    ["access log", "s3_GetObject /bucket/canary.txt"],
    ["access log", "s3_ListObjectsV2 /bucket?list-type=2&max-keys=1000"],
    ["access log", "s3_ListObjectsV2 /bucket?list-type=2&max-keys=100&fetch-owner=true"],
    ["access log", "s3_PutObject /bucket/canary.txt"],
    ["commands", '{"find" : "users", "filter" : {}, "$db" : "metrics"}'],
    ["commands", '{"find" : "canary", "filter" : {}, "limit" : 1, "$db" : "vitrine"}'],
    ["commands", '{"aggregate" : "users", "pipeline" : [ { "$limit" : 200 } ], "cursor" : {"batchSize" : 1000}, "$db" : "metrics"}'],
    ["commands", '{"insert" : "users", "$db" : "metrics"}'],
  ] as const)("%s: %s is not ours to ask", (of, asked) => expect(isAllowed(of, asked)).toBe(false));
});

test("what is wrong is counted as what it is", () => {
  expect(isFalseClosed({ seen: "auth-required", expected: "data-readable" })).toBe(true);
  expect(isFalseClosed({ seen: "filtered", expected: "anonymous-accepted" })).toBe(true);
  expect(isFalseClosed({ seen: "closed", expected: "shielded" })).toBe(true);
  expect(isFalseClosed({ seen: "unknown", expected: "data-readable" })).toBe(false);
  expect(isFalseClosed({ seen: "counts-readable", expected: "data-readable" })).toBe(false);
  expect(isFalseOpen({ seen: "anonymous-accepted", expected: "auth-required" })).toBe(true);
  expect(isFalseOpen({ seen: "counts-readable", expected: "data-readable" })).toBe(false);
  expect(isFalseOpen({ seen: "unknown", expected: "closed" })).toBe(false);
});
