/** One fixture: started, asked as `vitrine guard check` asks, ended; and what the answer is worth. */
import type { Check } from "../../src/guard/checks/check.ts";
import { check, questionAt } from "../../src/guard/checks/check.ts";
import { identitiesOf, inspect } from "../../src/guard/readable/inspect.ts";
import type { Seen } from "../../src/guard/ladder.ts";
import { isOpen } from "../../src/guard/ladder.ts";
import { readableText } from "../../src/guard/readable/readable.ts";
import type { Target } from "../../src/guard/target.ts";
import { targetOf } from "../../src/guard/target.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Fixture } from "../support/servers/fixture.ts";
import type { Need } from "../support/servers/need.ts";
import type { Judged } from "./own-log.ts";
import { judgeOwnLog } from "./own-log.ts";
import type { Overheard } from "./relay.ts";
import { overhear } from "./relay.ts";

export interface Row {
  readonly service: string;
  readonly fixture: string;
  readonly seen: Seen;
  readonly expected: Seen;
  readonly version: string;
  readonly evidence: string;
  /** Of the place that decided. */
  readonly because: string;
  readonly overheard: Overheard;
  readonly ownLog: Judged;
  /** What was counted in it, and what should have been. */
  readonly holds: readonly string[];
  readonly expectedToHold: readonly string[];
}

export async function attempt(fixture: Fixture): Promise<Row> {
  await using running = await fixture.start();
  const target = targetOf(running.url);
  const found = await check(target, systemClock);
  if (running.evidence !== target.checker.evidence && running.evidence !== "stand-in")
    throw new Error(`${fixture.service}: the checker says "${target.checker.evidence}", the fixture "${running.evidence}"`);
  // What is asked beyond the gate stands in the server's own log, too, whether or not it is known what it holds.
  const looked = target.checker.depth === undefined ? [] : await look(target, found);
  const overheard = await overhear(running.url);
  const expectedToHold = running.holds ?? [];
  const holds = running.holds === undefined ? [] : looked;
  return {
    service: running.title,
    fixture: fixture.name,
    seen: found.seen,
    expected: running.expected,
    version: running.version,
    evidence: running.evidence,
    because: found.rows.find((row) => row.seen === found.seen)?.because ?? "",
    overheard,
    ownLog: await judgeOwnLog(running.ownLog),
    holds,
    expectedToHold,
  };
}

/** As after an alarm, of the place where most can be read: recorded is what it proves now. */
async function look(target: Target, { rows, seen }: Check): Promise<readonly string[]> {
  const row = rows.find((one) => one.seen === seen && isOpen(one.seen));
  if (row === undefined) return ["nothing is open"];
  const asked = { target, question: questionAt(target, row), place: { address: row.address, port: target.port } };
  const recorded = await identitiesOf(asked);
  const all = await inspect({ ...asked, recorded, allows: [], person: "user_id" });
  return readableText(all).map((line) => line.replace(`${target.label}, `, "").trim());
}

/** What would let a person sleep who should not: an open store, or one that a default alone keeps closed, shown as closed. */
export function isFalseClosed({ seen, expected }: Pick<Row, "seen" | "expected">): boolean {
  const looksClosed = !isOpen(seen) && seen !== "unknown" && seen !== "shielded";
  return looksClosed && (isOpen(expected) || expected === "shielded");
}

/** What would wake a person for nothing. */
export function isFalseOpen({ seen, expected }: Pick<Row, "seen" | "expected">): boolean {
  return isOpen(seen) && !isOpen(expected);
}

export function missingOf({ needs }: Pick<Fixture, "needs">): readonly Need[] {
  return needs.filter((need) => !need.isThere());
}
