/** What leaves this machine is the checker's list and nothing else, whatever a checker does or is told. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Host } from "../../../test/support/hosts.ts";
import { host } from "../../../test/support/hosts.ts";
import type { Checker, Heard, Question, Request, Requests, Step } from "./checker.ts";
import { done } from "./checker.ts";
import { converse } from "./converse.ts";
import { verdict } from "../ladder.ts";

const question: Question = { channel: "plain", names: [], host: "127.0.0.1", user: undefined };
const patience = { quietMs: 2_000, answerMs: 4_000 };

function checkerOf(list: () => Requests, next: (heard: readonly Heard[]) => Step): Checker {
  return {
    service: "made-up",
    title: "made-up",
    port: 1,
    evidence: "stand-in",
    tls: "at-once",
    requests: list,
    next: (_question, heard) => next(heard),
    remedy: "",
  };
}

const listed = (bytes: Uint8Array, limit = 0): Request => ({ bytes, limit, isWhole: () => true });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const sendOf = (request: string, on: "new" | "last" = "new"): Step => ({ tag: "send", request, on });

async function receivedBy({ left, received }: Host): Promise<string> {
  await left();
  return Buffer.concat(received).toString("hex");
}

test("listed requests arrive byte for byte, in the order in which they were asked for", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string({ maxLength: 8 }), bytes, { minKeys: 1, maxKeys: 5 }),
      fc.infiniteStream(fc.nat()),
      async (list, choices) => {
        await using place = await host({ onConnection: () => undefined });
        const names = Object.keys(list);
        const plan = [...choices.take(3)].map((choice) => names[choice % names.length] ?? "");
        const requests = Object.fromEntries(Object.entries(list).map(([name, one]) => [name, listed(one)]));
        const checker = checkerOf(
          () => requests,
          (heard) => {
            const name = plan[heard.length];
            return name === undefined ? done(verdict("unknown", "")) : sendOf(name, heard.length === 0 ? "new" : "last");
          },
        );
        const { bytesSent } = await converse(checker, question, { address: "127.0.0.1", port: place.port }, patience);
        const expected = Buffer.concat(plan.map((name) => list[name] ?? Buffer.alloc(0)));
        expect(await receivedBy(place)).toBe(expected.toString("hex"));
        expect(bytesSent).toBe(expected.length);
      },
    ),
    { numRuns: 40 },
  );
});

test("a request that is not in the list is refused before there is a connection, whatever its name", async () => {
  const names = fc.oneof(fc.string(), fc.constantFrom("constructor", "__proto__", "toString", "hasOwnProperty", "", " listed", "LISTED"));
  await using place = await host({ onConnection: () => undefined });
  await fc.assert(
    fc.asyncProperty(names, bytes, async (name, one) => {
      fc.pre(name !== "listed");
      const checker = checkerOf(
        () => ({ listed: listed(one) }),
        () => sendOf(name),
      );
      await expect(converse(checker, question, { address: "127.0.0.1", port: place.port }, patience)).rejects.toThrow(
        "only what is listed is sent",
      );
    }),
    { numRuns: 200 },
  );
  expect(place.connections()).toBe(0);
});

test("a list that changes after the conversation has begun changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(bytes, bytes, async (first, later) => {
      await using place = await host({ onConnection: () => undefined });
      const shared = Uint8Array.from(first);
      const requests: Record<string, Request> = { ask: listed(shared) };
      const checker = checkerOf(
        () => requests,
        (heard) => {
          // A checker that writes over its own bytes, replaces a request and adds one.
          shared.set(later.subarray(0, shared.length));
          requests["ask"] = listed(later);
          requests["other"] = listed(later);
          return heard.length === 0 ? sendOf("ask") : done(verdict("unknown", ""));
        },
      );
      await converse(checker, question, { address: "127.0.0.1", port: place.port }, patience);
      expect(await receivedBy(place)).toBe(Buffer.from(first).toString("hex"));
    }),
    { numRuns: 30 },
  );
});

test.each([-1, 65_537, 1.5, Number.POSITIVE_INFINITY, Number.NaN])("a limit of %s is none", async (limit) => {
  const checker = checkerOf(
    () => ({ ask: listed(Buffer.from("x"), limit) }),
    () => sendOf("ask"),
  );
  await expect(converse(checker, question, { address: "127.0.0.1", port: 9 }, patience)).rejects.toThrow("every answer has a limit");
});

test("a checker that never comes to an end is a bug that is seen, not a check that never ends", async () => {
  await using place = await host({ onConnection: () => undefined });
  const checker = checkerOf(
    () => ({ ask: listed(Buffer.from("x")) }),
    () => sendOf("ask"),
  );
  await expect(converse(checker, question, { address: "127.0.0.1", port: place.port }, patience)).rejects.toThrow(
    "never comes to a verdict",
  );
  expect(place.connections()).toBeLessThanOrEqual(64);
});

test("an answer that comes byte by byte is looked at as a whole a bounded number of times, and its end is seen all the same", async () => {
  const size = 12_000;
  await using place = await host({
    onConnection: (socket) => {
      socket.setNoDelay(true);
      let left = size;
      const drip = (): void => {
        if (left === 0) return;
        left -= 1;
        socket.write(Buffer.alloc(1, 7), () => setImmediate(drip));
      };
      socket.once("data", drip);
    },
  });
  let looks = 0;
  const isWhole = (prefix: Uint8Array): boolean => {
    looks += 1;
    return prefix.length === size;
  };
  const checker = checkerOf(
    () => ({ ask: { bytes: Buffer.from("x"), limit: 65_536, isWhole } }),
    (heard) => (heard.length === 0 ? sendOf("ask") : done(verdict("unknown", ""))),
  );
  const patient = { quietMs: 500, answerMs: 20_000 };
  const { heard } = await converse(checker, question, { address: "127.0.0.1", port: place.port }, patient);
  expect(heard).toMatchObject([{ tag: "answer", ended: "whole" }]);
  expect(looks).toBeLessThan(1_200);
});

test("an answer is cut at its limit, to the byte", async () => {
  await using place = await host({ onConnection: (socket) => socket.once("data", () => socket.write(Buffer.alloc(1_000, 7))) });
  const checker = checkerOf(
    () => ({ ask: { bytes: Buffer.from("x"), limit: 10, isWhole: () => false } }),
    (heard) => (heard.length === 0 ? sendOf("ask") : done(verdict("unknown", ""))),
  );
  const { heard } = await converse(checker, question, { address: "127.0.0.1", port: place.port }, patience);
  expect(heard).toEqual([{ tag: "answer", request: "ask", bytes: Buffer.alloc(10, 7), ended: "limit" }]);
});
