/** Requests one after the other, each on a connection of its own, and one verdict of all of them: for services that are asked several times. */
import type { Heard } from "./checks/checker.ts";
import type { Verdict } from "./ladder.ts";
import { verdict, worst } from "./ladder.ts";

/** What an answer says; undefined: nothing about whether the store is open. */
export type Judged = readonly (Verdict | undefined)[];

/** The request that comes next; undefined: all were asked, or the last found no connection, and the others would find none either. */
export function following(order: readonly string[], heard: readonly Heard[], last: Verdict | undefined): string | undefined {
  const latest = heard.at(-1);
  if (latest !== undefined && (latest.tag !== "answer" || last?.seen === "silent")) return undefined;
  return order[heard.length];
}

/** The worst of them. Where the others were answered and the last found no connection it is not known what that one would have said. */
export function together(heard: readonly Heard[], judged: Judged, otherwise: string): Verdict {
  const last = judged.at(-1);
  const isBroken = heard.length > 1 && (heard.at(-1)?.tag !== "answer" || last?.seen === "silent");
  const broken = verdict("unknown", `After an answer there was none any more. ${last?.because ?? ""}`.trim());
  const said = [...(isBroken ? judged.slice(0, -1) : judged), ...(isBroken ? [broken] : [])].filter((one) => one !== undefined);
  const seen = worst(said.map((one) => one.seen));
  const first = said.find((one) => one.seen === seen) ?? verdict("unknown", otherwise);
  return { ...first, notes: [...new Set(said.flatMap(({ notes }) => notes))] };
}
