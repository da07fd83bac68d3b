/** 100,000 answers to all checkers; ten million and more: `npm run fuzz:guard`. And the property itself, tried on checkers that are wrong. */
import { expect, test } from "vitest";
import { checkers } from "../../../src/guard/checks/checkers.ts";
import type { Heard } from "../../../src/guard/checks/checker.ts";
import { done } from "../../../src/guard/checks/checker.ts";
import { verdict } from "../../../src/guard/ladder.ts";
import { isOfAClosedOne, replay } from "../../../src/guard/checks/recording.ts";
import type { Subject } from "./answers.ts";
import { run, subjects } from "./answers.ts";
import { matchers } from "./matchers.ts";

test("every checker has a matcher of its deciding bytes (matchers.ts)", () => {
  expect(checkers.map(({ service }) => service).filter((service) => matchers[service] === undefined)).toEqual([]);
});

test("100,000 answers: no exception, always a verdict, nothing that is open is called closed", { timeout: 120_000 }, () => {
  const seed = Math.floor(Math.random() * 4_294_967_296);
  const { answers, decided, open } = run({ seed, answers: 100_000 });
  expect(answers).toBeGreaterThanOrEqual(100_000);
  // It did look at what it is for.
  expect(decided).toBeGreaterThan(1_000);
  expect(open / decided).toBeGreaterThan(0.5);
});

test("each checker alone has its deciding bytes looked at", { timeout: 120_000 }, () => {
  for (const subject of subjects)
    expect(run({ seed: 1, answers: 6_000, subjects: [subject] }).decided, subject.checker.service).toBeGreaterThan(50);
});

test("a closed store is closed for as many names as may be asked for at once, in both channels", () => {
  const names = Array.from({ length: 64 }, (_one, i) => `name-${i}`);
  for (const { checker, recordings } of subjects)
    for (const { heard, of, seen } of recordings.filter(isOfAClosedOne))
      for (const channel of ["plain", "tls"] as const) {
        const found = replay(checker, { channel, names, host: "127.0.0.1", user: "app" }, (request): Heard => {
          if (request === "ssl") return { tag: "answer", request, bytes: Buffer.from("S"), ended: "whole" };
          const kind = request.split(" ")[0];
          const one = heard.find((recorded) => recorded.request.split(" ")[0] === kind) ?? heard[0];
          if (one === undefined || "noConnection" in one) return { tag: "no-connection", why: "refused" };
          return { tag: "answer", request, bytes: Buffer.from(one.bytes, "latin1"), ended: one.ended };
        });
        // A greeting that offers no TLS: that channel is not spoken there.
        if (channel === "tls" && checker.tls === "agreed" && found?.seen === "silent") continue;
        expect(found?.seen, `${of}, ${channel}`).toBe(seen);
      }
});

test("a seed gives the same run again", () => {
  expect(run({ seed: 7, answers: 500 })).toEqual(run({ seed: 7, answers: 500 }));
});

const redis = subjects.find(({ checker }) => checker.service === "redis") as Subject;
const faulty = (next: Subject["checker"]["next"]): readonly Subject[] => [{ ...redis, checker: { ...redis.checker, next } }];

test.each([
  [
    "looks for an error's word anywhere",
    faulty((question, heard) =>
      heard.some((one) => one.tag === "answer" && Buffer.from(one.bytes).includes("NOAUTH"))
        ? done(verdict("auth-required", ""))
        : redis.checker.next(question, heard),
    ),
    "still shows what makes it open",
  ],
  [
    "repeats an answer",
    faulty((question, heard) => {
      const last = heard.at(-1);
      return last?.tag === "answer"
        ? done(verdict("unknown", Buffer.from(last.bytes).toString("latin1")))
        : redis.checker.next(question, heard);
    }),
    "repeats what it was told",
  ],
  ["never ends", faulty(() => ({ tag: "send", request: "ping", on: "new" })), "no verdict within the steps"],
  [
    "throws",
    faulty((question, heard) => {
      const last = heard.at(-1);
      if (last?.tag === "answer" && last.bytes[0] === 0x2a) throw new Error("an array");
      return redis.checker.next(question, heard);
    }),
    "an array (npm run fuzz:guard -- --seed",
  ],
] as const)("a checker that %s is found", (_what, wrong, sentence) => {
  expect(() => run({ seed: 1, answers: 100_000, subjects: wrong })).toThrow(sentence);
});
