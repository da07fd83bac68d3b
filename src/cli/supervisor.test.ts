import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { ServerMessage, SupervisorMessage } from "./messages.ts";
import type { Child, WantedReader } from "./supervisor.ts";
import { Restarts, supervise } from "./supervisor.ts";

/** A child that ends when told, remembers what it heard, and ignores SIGTERM when stubborn. */
function fakeChild(name: string, events: string[], stubborn = false) {
  const { promise: ended, resolve } = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  const child: Child & { end(code: number): void } = {
    pid: 1,
    pipe: undefined,
    ended,
    send: (message: SupervisorMessage) => void events.push(`${name} hears ${message.tag}`),
    kill: (signal) => {
      events.push(`${name} ${signal}`);
      if (signal === "SIGKILL" || !stubborn) resolve({ code: null, signal });
    },
    end: (code) => resolve({ code, signal: null }),
  };
  return child;
}

function world(stubborn = false) {
  const events: string[] = [];
  const servers: { child: ReturnType<typeof fakeChild>; say: (message: ServerMessage) => void }[] = [];
  const readers: { child: ReturnType<typeof fakeChild>; wanted: WantedReader }[] = [];
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
    sleep: async (_ms, signal) => {
      await wait(5, undefined, { signal }).catch(() => undefined);
    },
    now: () => 0,
    log: (_level, event) => void events.push(event),
    stop: stop.signal,
    kill: kill.signal,
  });
  const settle = async (): Promise<void> => wait(30);
  return { events, servers, readers, stop, kill, done, settle };
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
