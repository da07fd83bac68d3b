/**
 * Part of Shows 7: a column that somebody lets out by hand, directly, to everybody, or through a role. Within ten seconds `status` and
 * GET /v1/proof name the column and the command that mends it; after that command both are green again by themselves.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { monthStart, partitionName } from "../../examples/smart-home/schema.sql.ts";
import { createWorld } from "../../examples/smart-home/world.ts";
import { runProduct, until } from "../support/product.ts";
import type { RunningProduct } from "../support/product.ts";

const withinMs = 10_000;
const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
const question = "grain=month&range=last+3+months";

interface Case {
  readonly name: string;
  readonly grant: string;
  /** What takes it away again: both status and proof name it. */
  readonly mend: string;
  /** How status names what is open, where that is more than the one column. */
  readonly named?: string;
  /** Statements that are no part of what is mended. */
  readonly before?: string;
}

const cases: readonly Case[] = [
  {
    name: "directly",
    grant: "GRANT SELECT (email) ON accounts TO vitrine_reader",
    mend: 'REVOKE SELECT ("email") ON "public"."accounts" FROM "vitrine_reader"',
  },
  {
    name: "to PUBLIC",
    grant: "GRANT SELECT (email) ON accounts TO PUBLIC",
    mend: 'REVOKE SELECT ("email") ON "public"."accounts" FROM PUBLIC',
  },
  {
    name: "through a role",
    before: "CREATE ROLE support; GRANT SELECT (email) ON accounts TO support",
    grant: "GRANT support TO vitrine_reader",
    mend: 'REVOKE "support" FROM "vitrine_reader"',
  },
  {
    name: "directly, on the whole table",
    grant: "GRANT SELECT ON accounts TO vitrine_reader",
    // A REVOKE on the table would take the declared columns along.
    mend: "vitrine apply",
    named: "public.accounts (all columns)",
  },
];

let running: RunningProduct;
const figures: string[] = [];

beforeAll(async () => {
  running = await runProduct({
    load: (url) => createWorld({ url, accounts: 100, attempts: 1_000, now: new Date(), seed: 7 }),
    declaration,
  });
}, 120_000);

afterAll(async () => {
  process.stdout.write(`\n${figures.join("\n")}\n`);
  await running[Symbol.asyncDispose]();
}, 60_000);

async function greenProof(): Promise<number | undefined> {
  const select = (await running.proof()).find((one) => one.name === "select-and-copy");
  return select?.level === "green" ? select.checked : undefined;
}

async function untrusted() {
  return (await running.shown()).generation?.untrusted ?? [];
}

test.each(cases)(
  "$name: named, and green again after the command",
  async ({ name, before, grant, mend, named = "public.accounts.email" }) => {
    if (before !== undefined) await running.source.run(before);
    await running.untilProven("sign_ups", question);
    const checked = await until("a green proof", withinMs, greenProof);
    expect(await untrusted()).toEqual([]);

    await running.source.run(grant);
    const acted = performance.now();
    const inStatus = await until("the column in status", withinMs, async () => {
      const found = (await untrusted()).filter((one) => one.message.includes(named));
      return found.length === 0 ? undefined : { found, ms: performance.now() - acted };
    });
    const inProof = await until("the column in the proof", withinMs, async () => {
      const select = (await running.proof()).find((one) => one.name === "select-and-copy");
      return select?.level === "red" ? { ...select, ms: performance.now() - acted } : undefined;
    });
    expect((await untrusted()).map((one) => one.remedy)).toContain(mend);
    const email = inProof.findings.filter((one) => one.what === "public.accounts.email can be read");
    expect(email.map((one) => one.remedy)).toEqual([mend]);
    expect(inProof.checked).toBe(checked);
    expect(Math.max(inStatus.ms, inProof.ms)).toBeLessThan(withinMs);

    await running.mend(mend);
    const mended = performance.now();
    const isGreen = async (): Promise<true | undefined> =>
      (await greenProof()) !== undefined && (await untrusted()).length === 0 ? true : undefined;
    await until("status and proof green again", withinMs, isGreen);
    figures.push(
      `${name}: in status after ${Math.round(inStatus.ms)} ms, in the proof after ${Math.round(inProof.ms)} ms; green ${Math.round(performance.now() - mended)} ms after the command`,
    );
    const answer = await running.untilProven("sign_ups", question);
    expect(answer.state).toBe("ready");
  },
);

test("of a copy that is begun after the grant, and of one whose grant goes while no reader is there", async () => {
  const [direct] = cases;
  if (direct === undefined) throw new Error("bug: no case");
  const named = async (generation: number): Promise<true | undefined> => {
    const shown = (await running.shown()).generation;
    return shown?.generation === generation && shown.untrusted.some((one) => one.remedy === direct.mend) ? true : undefined;
  };
  const before = await running.untilProven("sign_ups", question);
  await running.source.run(direct.grant);
  await until("the column in status", withinMs, async () => named(before.generation));
  await running.source.run(`DROP TABLE ${partitionName(monthStart(Date.now(), -2))}`);
  await until("the next generation, with the grant", 30_000, async () => named(before.generation + 1));

  // Its reader has told of the grant; the next one finds nothing.
  await running.product.kill("reader");
  await running.mend(direct.mend);
  await until("status green again", withinMs, async () => ((await untrusted()).length === 0 ? true : undefined));
  await running.untilProven("sign_ups", question);
});
