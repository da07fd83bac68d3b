import { describe, expect, test } from "vitest";
import { ManualClock } from "../../lib/clock.ts";
import { targetOf } from "../../guard/target.ts";
import { checkByName } from "./names.ts";

const target = targetOf("redis://cache.internal.example");
const failure = (code: string): Error => Object.assign(new Error("lookup failed"), { code });

/** Which places are asked is seen by their rows: nothing answers on that port here. */
async function found(
  answers: Readonly<Record<string, readonly string[] | Error>>,
  { known = ["edge.example.com"], allowed = [] as string[] } = {},
) {
  const lookup = async (host: string) => {
    const answer = answers[host] ?? failure("ENOTFOUND");
    if (answer instanceof Error) throw answer;
    return answer.map((address) => ({ address, family: "IPv4" as const }));
  };
  const closed = { ...target, port: 1 };
  const { seen, rows } = await checkByName(closed, new ManualClock(), {}, { lookup, known, allowed });
  return { seen, asked: [...new Set(rows.map(({ address }) => address))] };
}

describe("a name that is not there", () => {
  test("is unreachable where a control's name is found", async () => {
    expect(await found({ "edge.example.com": ["192.0.2.1"] })).toEqual({ seen: "filtered", asked: [] });
  });

  test.for([
    ["no other name is found either", {}, ["edge.example.com"]],
    ["nobody answers", { "cache.internal.example": failure("EAI_AGAIN"), "edge.example.com": ["192.0.2.1"] }, ["edge.example.com"]],
    ["no control has a name", { "edge.example.com": ["192.0.2.1"] }, []],
  ] as const)("is not known where %s", async ([, answers, known]) => {
    expect(await found(answers, { known: [...known] })).toEqual({ seen: "unknown", asked: [] });
  });
});

describe("a name that leads to this host itself", () => {
  const answers = { "cache.internal.example": ["127.0.0.1"], "edge.example.com": ["192.0.2.1"] };

  test("is not asked, and not known", async () => {
    expect(await found(answers)).toEqual({ seen: "unknown", asked: [] });
  });

  test("is asked where --allow names that address", async () => {
    expect(await found(answers, { allowed: ["127.0.0.1"] })).toEqual({ seen: "closed", asked: ["127.0.0.1"] });
  });
});
