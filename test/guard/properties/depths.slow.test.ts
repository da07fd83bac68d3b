/** 30,000 answers beyond the gate; more: `npm run fuzz:guard`. And the property itself, tried on what is wrong. */
import { expect, test } from "vitest";
import type { DepthOfNames } from "../../../src/guard/readable/depth.ts";
import { done } from "../../../src/guard/checks/checker.ts";
import type { DepthSubject } from "./depths.ts";
import { depthSubjects, runDepths } from "./depths.ts";

test("30,000 answers: no exception, always an end, numbers that are numbers, nothing that is repeated", { timeout: 120_000 }, () => {
  const { answers, found } = runDepths({ seed: Math.floor(Math.random() * 4_294_967_296), answers: 30_000 });
  expect(answers).toBeGreaterThanOrEqual(30_000);
  expect(found).toBeGreaterThan(300);
});

test("of each that has samples something is found", { timeout: 120_000 }, () => {
  for (const service of ["redis", "mongodb", "s3", "elasticsearch"]) {
    const subjects = depthSubjects.filter((one) => one.service === service);
    expect(runDepths({ seed: 1, answers: 4_000, subjects }).found, service).toBeGreaterThan(40);
  }
});

const names = (depth: Partial<DepthOfNames>): readonly DepthSubject[] => [
  {
    service: "redis",
    depth: {
      identities: [],
      names: () => ({ tls: "none", requests: () => ({}), next: () => done({ tag: "not", why: "refused" }) }),
      ...depth,
    },
  },
];

test.each([
  [
    "throws",
    names({
      names: () => ({
        tls: "none",
        requests: () => ({}),
        next: () => {
          throw new Error("an answer");
        },
      }),
    }),
    "an answer (depth, seed",
  ],
  [
    "asks what is not listed",
    names({ names: () => ({ tls: "none", requests: () => ({}), next: () => ({ tag: "send", request: "x", on: "new" }) }) }),
    "not listed",
  ],
  [
    "counts less than nothing",
    names({
      names: () => ({
        tls: "none",
        requests: () => ({}),
        next: () => done({ tag: "found", value: { records: { kind: "exact", value: -1 }, byCategory: new Map() } }),
      }),
    }),
    "a number that is none",
  ],
] as const)("one that %s is found", (_what, subjects, sentence) => {
  expect(() => runDepths({ seed: 1, answers: 10, subjects })).toThrow(sentence);
});
