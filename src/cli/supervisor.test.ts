import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { PlainError, ServerMessage, SupervisorMessage } from "./messages.ts";
import type { Child, Ended, WantedReader } from "./supervisor.ts";
import { Restarts, supervise } from "./supervisor.ts";

/** A child that ends when told, remembers what it heard, and ignores SIGTERM when stubborn. */
function fakeChild(name: string, events: string[], stubborn = false) {
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const heard: SupervisorMessage[] = [];
  const child: Child & { end(code: number, error?: PlainError): void; heard: typeof heard } = {
    heard,
    pid: 1,
    pipe: undefined,
    ended,
    send: (message: SupervisorMessage) => {
      heard.push(message);
      events.push(`${name} hears ${message.tag}`);
    },
    kill: (signal) => {
      events.push(`${name} ${signal}`);
      if (signal === "SIGKILL" || !stubborn) resolve({ code: null, signal });
    },
    end: (code, error) => resolve({ code, signal: null, ...(error === undefined ? {} : { error }) }),
  };
  return child;
}

function world(stubborn = false, hasGuard = false, now: () => number = () => 0) {
  const events: string[] = [];
  const servers: { child: ReturnType<typeof fakeChild>; say: (message: ServerMessage) => void }[] = [];
  const readers: { child: ReturnType<typeof fakeChild>; wanted: WantedReader }[] = [];
  const guards: ReturnType<typeof fakeChild>[] = [];
  const declares = { assets: true };
  const stop = new AbortController();
  const kill = new AbortController();
  const done = supervise({
    startServer: (say) => {
      const child = fakeChild("server", events, stubborn);
      servers.push({ child, say });
      return child;
    },
    startReader: (wanted) => {
      const child = fakeChild(`reader ${wanted.generation}`, events, stubborn);
      readers.push({ child, wanted });
      return child;
    },
    ...(hasGuard
      ? {
          startGuard: () => {
            if (!declares.assets) return undefined;
            const child = fakeChild("guard", events, stubborn);
            guards.push(child);
            return child;
          },
        }
      : {}),
    sleep: async (_ms, signal) => {
      await wait(5, undefined, { signal }).catch(() => undefined);
    },
    now,
    log: (_level, event) => void events.push(event),
    stop: stop.signal,
    kill: kill.signal,
  });
  const settle = async (): Promise<void> => wait(30);
  return { events, servers, readers, guards, declares, stop, kill, done, settle };
}
const want = (generation: number, mode: "stream" | "drop-slot" = "stream"): ServerMessage => ({
  tag: "want-reader",
  generation,
  slot: "s",
  mode,
});

test("readers stop before the server", async () => {
  const { events, servers, stop, done, settle } = world();
  servers[0]?.say(want(1));
  await settle();
  stop.abort();
  expect(await done).toBeUndefined();
  expect(events).toEqual(["reader 1 SIGTERM", "server hears stop", "server SIGTERM"]);
});

test("a child that does not heed SIGTERM is killed", async () => {
  const { events, stop, done } = world(true);
  stop.abort();
  await done;
  expect(events).toEqual(["server hears stop", "server SIGTERM", "server SIGKILL"]);
});

test("a reader that crashes is started again, and the server is told; it goes on", async () => {
  const { servers, readers, events, stop, done, settle } = world();
  servers[0]?.say(want(1));
  readers[0]?.child.end(1);
  await settle();
  expect(readers.length).toBe(2);
  expect(servers.length).toBe(1);
  expect(events).toEqual(["server hears reader-ended", "reader-ended"]);
  stop.abort();
  await done;
});

test("a crash loop is said aloud, and goes on being tried", async () => {
  const { servers, readers, events, stop, done, settle } = world();
  servers[0]?.say(want(1));
  for (let i = 0; i < 6; i += 1) {
    readers[i]?.child.end(1);
    await settle();
  }
  expect(readers.length).toBe(7);
  expect(events.filter((event) => event === "reader-crash-loop").length).toBe(2);
  stop.abort();
  await done;
});

test("a reader that has finished is not started again", async () => {
  const { servers, readers, stop, done, settle } = world();
  servers[0]?.say(want(1, "drop-slot"));
  readers[0]?.child.end(0);
  await settle();
  expect(readers.length).toBe(1);
  stop.abort();
  await done;
});

test("when the server ends its readers end too, and the next server asks for its own", async () => {
  const { servers, readers, events, stop, done, settle } = world();
  servers[0]?.say(want(1));
  servers[0]?.child.end(1);
  await settle();
  expect(servers.length).toBe(2);
  expect(events).toContain("reader 1 SIGTERM");
  servers[1]?.say(want(1));
  expect(readers.length).toBe(2);
  stop.abort();
  await done;
});

test("what the server calls fatal is returned and nothing is started again", async () => {
  const { servers, done } = world();
  const error = { code: "cli/port-in-use", message: "m", place: undefined, remedy: "r" } as const;
  servers[0]?.say({ tag: "fatal", error });
  servers[0]?.child.end(3);
  expect(await done).toEqual(error);
  expect(servers.length).toBe(1);
});

test("a second signal kills everything at once", async () => {
  const { servers, events, stop, kill, done } = world(true);
  servers[0]?.say(want(1));
  stop.abort();
  kill.abort();
  await done;
  expect(events).toContain("server SIGKILL");
  expect(events).toContain("reader 1 SIGKILL");
});

test("the wait doubles to its limit, and a minute of quiet resets it", () => {
  const restarts = new Restarts(() => 0);
  const waits = Array.from({ length: 11 }, () => restarts.next(10).waitMs);
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  expect(restarts.next(60_000).waitMs).toBe(100);
});

test("the guard's watch is started again by itself, and neither the server's end nor its own touches the other", async () => {
  const { servers, readers, guards, events, stop, done, settle } = world(false, true);
  servers[0]?.say(want(1));
  guards[0]?.end(1);
  await settle();
  expect([guards.length, servers.length, readers.length]).toEqual([2, 1, 1]);
  servers[0]?.child.end(1);
  await settle();
  expect([guards.length, servers.length]).toEqual([2, 2]);
  expect(events).toEqual(["server hears guard-ended", "guard-ended", "reader 1 SIGTERM", "server-ended"]);
  stop.abort();
  await done;
  expect(events).toContain("guard SIGTERM");
});

test("of a guard that ends again and again the server is told, and why; also where a long wait makes its ends few a minute", async () => {
  const { servers, guards, stop, done, settle } = world(false, true);
  const error = { code: "guard/receiver", message: "m", place: undefined, remedy: "r" } as const;
  for (let i = 0; i < 6; i += 1) {
    guards[i]?.end(1, error);
    await settle();
  }
  guards[6]?.end(0);
  await settle();
  expect(servers.length).toBe(1);
  expect(
    servers[0]?.child.heard.map((message) => message.tag === "guard-ended" && [message.restarts, message.crashLoop, message.error?.code]),
  ).toEqual([1, 2, 3, 4, 5, 6].map((restarts) => [restarts, restarts >= 5, "guard/receiver"]));
  stop.abort();
  await done;
  let nowMs = 0;
  const restarts = new Restarts(() => nowMs);
  const loops = Array.from({ length: 8 }, () => {
    nowMs += 30_000;
    return restarts.next(100).crashLoop;
  });
  expect(loops).toEqual([false, false, false, false, true, true, true, true]);
});

test("a guard that ends since its file has changed is started at once with what is in it, however often", async () => {
  let nowMs = 0;
  const { guards, servers, events, stop, done, settle } = world(false, true, () => nowMs);
  for (let i = 0; i < 7; i += 1) {
    nowMs += 2_000;
    guards[i]?.end(0);
    await settle();
  }
  expect(guards.length).toBe(8);
  expect(events).toEqual(Array.from({ length: 7 }, () => "guard-renewed"));
  // One that ends as soon as it begins has read nothing, whatever it says of itself.
  guards[7]?.end(0);
  await settle();
  expect(events.at(-1)).toBe("guard-ended");
  expect(servers[0]?.child.heard).toEqual([]);
  stop.abort();
  await done;
});

test("while nothing is declared there is no guard, and once something is there is one, with no restart", async () => {
  const { guards, declares, events, stop, done, settle } = world(false, true);
  guards[0]?.end(1);
  declares.assets = false;
  await settle();
  expect(guards.length).toBe(1);
  declares.assets = true;
  await settle();
  expect(guards.length).toBe(2);
  expect(events).toEqual(["server hears guard-ended", "guard-ended"]);
  declares.assets = false;
  guards[1]?.end(1);
  stop.abort();
  expect(await done).toBeUndefined();
});

test("a guard that does not heed SIGTERM is killed", async () => {
  const { events, stop, done } = world(true, true);
  stop.abort();
  await done;
  expect(events).toContain("guard SIGKILL");
});
