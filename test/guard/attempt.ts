/** One fixture: started, asked as `vitrine guard check` asks, ended; and what the answer is worth. */
import { check } from "../../src/guard/check.ts";
import type { Seen } from "../../src/guard/ladder.ts";
import { isOpen } from "../../src/guard/ladder.ts";
import { targetOf } from "../../src/guard/target.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Fixture } from "../support/servers/fixture.ts";
import type { Need } from "../support/servers/need.ts";
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
}

export async function attempt(fixture: Fixture): Promise<Row> {
  await using running = await fixture.start();
  const target = targetOf(running.url);
  const found = await check(target, systemClock);
  if (running.evidence !== target.checker.evidence && running.evidence !== "stand-in")
    throw new Error(`${fixture.service}: the checker says "${target.checker.evidence}", the fixture "${running.evidence}"`);
  return {
    service: running.title,
    fixture: fixture.name,
    seen: found.seen,
    expected: running.expected,
    version: running.version,
    evidence: running.evidence,
    because: found.rows.find((row) => row.seen === found.seen)?.because ?? "",
    overheard: await overhear(running.url),
  };
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
