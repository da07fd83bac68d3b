import { expect, test } from "vitest";
import type { Heard } from "./checks/checker.ts";
import { following, together } from "./in-turn.ts";
import { verdict } from "./ladder.ts";

const answer: Heard = { tag: "answer", request: "a", bytes: Buffer.from("x"), ended: "whole" };
const gone: Heard = { tag: "no-connection", why: "refused" };
const login = verdict("auth-required", "A login.", ["Not TLS."]);
const closed = verdict("closed", "Refused.");

test("one after the other, until one finds no connection, or speaks another language", () => {
  expect(following(["a", "b"], [], undefined)).toBe("a");
  expect(following(["a", "b"], [answer], login)).toBe("b");
  expect(following(["a", "b"], [answer, answer], login)).toBeUndefined();
  expect(following(["a", "b"], [gone], closed)).toBeUndefined();
  expect(following(["a", "b"], [answer], verdict("silent", ""))).toBeUndefined();
});

test("a connection that fails after an answer leaves it unknown what the rest would have said", () => {
  expect(together([gone], [closed], "").seen).toBe("closed");
  expect(together([answer, gone], [login, closed], "")).toEqual(
    verdict("unknown", "After an answer there was none any more. Refused.", ["Not TLS."]),
  );
  expect(together([answer, answer], [login, verdict("silent", "Quiet.")], "").seen).toBe("unknown");
  // What was shown is shown.
  expect(together([answer, gone], [verdict("schema-readable", ""), closed], "").seen).toBe("schema-readable");
});

test("an answer that says nothing does not count; where none does nothing is known", () => {
  expect(together([answer, answer], [undefined, login], "").seen).toBe("auth-required");
  expect(together([answer], [undefined], "Nobody said.")).toEqual(verdict("unknown", "Nobody said."));
});
