/**
 * Shows 9: what the stream never tells. Each act on the source is shown in `status` and in the answer within two seconds of the next
 * heartbeat, and mended: by a new generation, by looking at the rows again, or by the command that is named. Throughout, an answer
 * that says `ready` and proven after the act is what plain SQL on the source says.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPartition, monthStart, partitionName } from "../../examples/smart-home/schema.sql.ts";
import { createWorld } from "../../examples/smart-home/world.ts";
import type { Answer } from "../../src/metrics/answer.ts";
import { runProduct, until } from "../support/product.ts";
import type { RunningProduct } from "../support/product.ts";

const heartbeatMs = 1_000;
const shownWithinMs = 2_000;
/** A new generation, or a look at the rows: that one must not need the reader's reminder, ten heartbeats later. */
const mendedWithinMs = { rebuild: 60_000, verify: 9_000 };
const zone = "America/Los_Angeles";
const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");

const now = Date.now();
/** The partition of the month so many months ago: each case has its own. */
const leaf = (ago: number): string => partitionName(monthStart(now, -ago));
const boundsOf = (ago: number): string => createPartition(monthStart(now, -ago)).slice(createPartition(0).indexOf("FOR VALUES"));
/** Rows that go into a partition while nobody follows it. */
const unseen = (table: string): string =>
  `INSERT INTO ${table} (id, device_id, at, duration_ms, ok, firmware) SELECT id + 100000000, device_id, at, 1, false, firmware FROM ${table} LIMIT 40`;

interface Case {
  readonly name: string;
  readonly metric: "failed_connection_rate" | "activations";
  /** One message, hence one transaction, or several. */
  readonly act: readonly string[];
  readonly table: string;
  readonly reason: string;
  /** The remedy that is shown; undefined: it mends itself. */
  readonly command?: string;
  /** Whether the copy is built anew, or only looked at. */
  readonly by: "rebuild" | "verify";
}

const cases: readonly Case[] = [
  {
    name: "VACUUM FULL of a leaf: the same rows in another file",
    metric: "failed_connection_rate",
    act: [`VACUUM FULL ${leaf(5)}`],
    table: "connection_attempts",
    reason: "truncated-or-rewritten",
    by: "verify",
  },
  {
    name: "a partition is dropped",
    metric: "failed_connection_rate",
    act: [`DROP TABLE ${leaf(6)}`],
    table: "connection_attempts",
    reason: "partition-dropped",
    by: "rebuild",
  },
  {
    name: "DETACH, INSERT, ATTACH between two heartbeats",
    metric: "failed_connection_rate",
    act: [
      `ALTER TABLE connection_attempts DETACH PARTITION ${leaf(4)}; ${unseen(leaf(4))};
       ALTER TABLE connection_attempts ATTACH PARTITION ${leaf(4)} ${boundsOf(4)}`,
    ],
    table: "connection_attempts",
    reason: "partition-replaced",
    by: "rebuild",
  },
  {
    name: "TRUNCATE of a leaf",
    metric: "failed_connection_rate",
    act: [`TRUNCATE ${leaf(3)}`],
    table: "connection_attempts",
    reason: "truncated-or-rewritten",
    by: "rebuild",
  },
  {
    name: "a leaf is set UNLOGGED, and written to",
    metric: "failed_connection_rate",
    act: [`ALTER TABLE ${leaf(2)} SET UNLOGGED`, unseen(leaf(2))],
    table: "connection_attempts",
    reason: "unlogged",
    command: `ALTER TABLE "public"."${leaf(2)}" SET LOGGED`,
    by: "rebuild",
  },
  {
    name: "row-level security is switched on",
    metric: "activations",
    act: ["ALTER TABLE devices ENABLE ROW LEVEL SECURITY"],
    table: "devices",
    reason: "row-security-on",
    command: 'CREATE POLICY "vitrine_reader" ON "public"."devices" FOR SELECT TO "vitrine_reader" USING (true)',
    by: "verify",
  },
  {
    name: "a table goes out of the publication",
    metric: "activations",
    act: ["ALTER PUBLICATION vitrine DROP TABLE devices", "UPDATE devices SET activated_at = now() WHERE id % 3 = 0"],
    table: "devices",
    reason: "table-not-published",
    command: "vitrine apply",
    by: "rebuild",
  },
  {
    name: "a table goes out of the publication and back between two heartbeats",
    metric: "activations",
    act: [
      `DO $$ DECLARE list text; BEGIN
         SELECT string_agg(quote_ident(name), ', ') INTO list FROM pg_publication_tables, unnest(attnames) AS name WHERE pubname = 'vitrine' AND tablename = 'devices';
         ALTER PUBLICATION vitrine DROP TABLE devices;
         UPDATE devices SET activated_at = now() - interval '40 days' WHERE id % 5 = 0;
         EXECUTE format('ALTER PUBLICATION vitrine ADD TABLE devices (%s)', list);
       END $$`,
    ],
    table: "devices",
    reason: "publication-changed",
    by: "rebuild",
  },
];

let running: RunningProduct;
const figures: string[] = [];

beforeAll(async () => {
  running = await runProduct({
    load: (url) => createWorld({ url, accounts: 300, attempts: 6_000, now: new Date(now), seed: 7 }),
    declaration,
  });
}, 120_000);

afterAll(async () => {
  process.stdout.write(`\n${figures.join("\n")}\n`);
  await running[Symbol.asyncDispose]();
}, 60_000);

const question = "grain=month&by=model&range=last+13+months";

/** The same by plain SQL: `period model count hits`. */
async function bySql(metric: Case["metric"]): Promise<readonly string[]> {
  const month = (column: string): string => `to_char(${column} AT TIME ZONE '${zone}', 'YYYY-MM')`;
  const sql = {
    activations: `SELECT ${month("activated_at")} AS period, model, count(*) AS n, 0 AS hits FROM devices GROUP BY 1, 2`,
    failed_connection_rate: `SELECT ${month("a.at")} AS period, d.model, count(*) AS n, count(*) FILTER (WHERE NOT a.ok) AS hits
      FROM connection_attempts a JOIN devices d ON d.id = a.device_id GROUP BY 1, 2`,
  }[metric];
  const rows = await running.source.rows(sql);
  const first = new Date(monthStart(now, -12)).toISOString().slice(0, 7);
  return rows
    .filter((row) => String(row["period"]) >= first)
    .map((row) => `${row["period"]} ${row["model"]} ${row["n"]} ${row["hits"]}`)
    .toSorted();
}

function cellsOf({ cells }: Answer): readonly string[] {
  return cells.map((cell) => `${cell.period} ${cell.by["model"]} ${cell.count} ${cell.hits ?? 0}`).toSorted();
}

test.each(cases)(
  "$name: shown, and mended by a $by",
  async ({ metric, act, table, reason, command, by, name }) => {
    const before = await running.untilProven(metric, question);
    expect(cellsOf(before)).toEqual(await bySql(metric));

    for (const sql of act.slice(0, 1)) await running.source.run(sql);
    const acted = performance.now();
    const actedAt = Date.now();
    for (const sql of act.slice(1)) await running.source.run(sql);
    const expected = await bySql(metric);
    const look = async (): Promise<Answer> => {
      const answer = await running.answer(metric, question);
      // Fresh means proven fresh: what says so is right.
      if (answer.state === "ready" && Date.parse(answer.proven?.at ?? "") > actedAt) expect(cellsOf(answer)).toEqual(expected);
      // Untrusted from the last proof before the act, however long it lasts.
      if (answer.state === "untrusted") expect(Date.parse(answer.proven?.at ?? "")).toBeLessThanOrEqual(actedAt);
      return answer;
    };

    let inAnswer: number | undefined;
    let inStatus: string | undefined;
    const shown = await until(`${reason} in status and answer`, heartbeatMs + shownWithinMs, async () => {
      const answer = await look();
      const { generation } = await running.shown();
      if (answer.state === "untrusted" && answer.reasons.some((one) => one.reason === reason)) inAnswer ??= performance.now() - acted;
      inStatus ??= generation?.untrusted.find((one) => one.table === table && one.reason === reason)?.remedy;
      return inAnswer === undefined || inStatus === undefined ? undefined : { ms: performance.now() - acted, remedy: inStatus };
    });

    if (command !== undefined) {
      expect(shown.remedy).toBe(command);
      // Other tables' numbers are no worse for it.
      await running.untilProven("alexa_links", "grain=month&range=last+3+months");
      expect((await look()).state).toBe("untrusted");
      await running.mend(command);
    }
    const mending = performance.now();
    const after = await until(`${metric} ready again`, mendedWithinMs[by], async () => {
      const answer = await look();
      return answer.state === "ready" && Date.parse(answer.proven?.at ?? "") > actedAt ? answer : undefined;
    });
    const mended = performance.now();
    figures.push(
      `${name}: untrusted after ${Math.round(shown.ms)} ms, ready ${Math.round(mended - (command === undefined ? acted : mending))} ms after the ${command === undefined ? "act" : "command"} (${by}, generation ${after.generation})`,
    );
    expect(cellsOf(after)).toEqual(expected);
    expect(after.generation > before.generation).toBe(by === "rebuild");
    const { generation } = await running.shown();
    expect(generation?.untrusted).toEqual([]);
  },
  90_000,
);
