/** Each checker still says of real servers, recorded, what it said then; and each has an open one and a closed one to say it of. */
import { describe, expect, test } from "vitest";
import { checkers } from "./checkers.ts";
import { isOfAClosedOne, isOfAnOpenOne, verdictOf } from "./recording.ts";
import { recordings } from "./recordings.ts";

describe.each(checkers.map((checker) => [checker.service, checker] as const))("%s", (service, checker) => {
  const own = recordings[service] ?? [];

  test("has an open recording and a closed one (npm run record:guard; registered in recordings.ts)", () => {
    expect(own.some(isOfAnOpenOne)).toBe(true);
    expect(own.some(isOfAClosedOne)).toBe(true);
  });

  test.each(own.map((one) => [one.of, one] as const))("%s", (_of, recording) => {
    expect(verdictOf(checker, recording)?.seen).toBe(recording.seen);
  });

  test("a recording that is cut off, or goes on, is not the one that was made", () => {
    for (const recording of own) {
      const [first, ...others] = recording.heard;
      expect(verdictOf(checker, { ...recording, heard: others })).toBeUndefined();
      if (first !== undefined) expect(verdictOf(checker, { ...recording, heard: [...recording.heard, first] })).toBeUndefined();
    }
  });
});
