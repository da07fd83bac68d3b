/**
 * `vitrine guard watch` as a process of its own: killed between seeing and delivering, with a receiver that is down, over a store that is opened and
 * closed. What real stores answer is tested elsewhere.
 */
import { test } from "vitest";
import type { Receiver } from "./support/guard-watch.ts";
import { Watch, openInbox, openReceiver, openStore, planted, secret } from "./support/guard-watch.ts";

const limit = { timeout: 90_000 };
const withinMs = { timeout: 30_000, interval: 50 };
const told = (receiver: Receiver, event: string) => receiver.messages.filter((message) => message.event === event);

/** Opened before the watch begins; the second check of it alarms. */
const points = ["guard-before-kept:2", "guard-after-kept:2", "guard-after-sent:1"] as const;

for (const point of points)
  test.concurrent(`killed at ${point}: the alarm arrives, as one, and its end as one`, limit, async ({ expect }) => {
    using store = await openStore();
    using receiver = await openReceiver();
    using watch = new Watch([store]);
    store.isOpen = true;
    watch.start(receiver, point);
    expect(await watch.ended()).toBe("SIGKILL");
    const before = told(receiver, "opened").length;
    expect(before).toBe(point.startsWith("guard-after-sent") ? 1 : 0);
    watch.start(receiver);
    await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(before + 1);
    store.isOpen = false;
    await expect.poll(() => told(receiver, "closed").length, withinMs).toBe(1);
    expect(await watch.stop()).toBe("0");
    const opened = told(receiver, "opened");
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(new Set(receiver.messages.map(({ alarm }) => alarm)).size).toBe(1);
    expect(opened[0]).toMatchObject({ severity: "page", asset: "cache", owner: "platform", seen: "data-readable" });
    expect(watch.alarms()).toEqual(["opened", "closed"]);
    expect(receiver.messages.filter(({ event }) => !["opened", "readable", "closed"].includes(event))).toEqual([]);
  });

test.concurrent("a receiver that is down gets it when it is back, also over a restart, once", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using watch = new Watch([store]);
  receiver.refuse = 2;
  watch.start(receiver);
  await expect.poll(() => watch.output, withinMs).toContain("auth-required");
  store.isOpen = true;
  await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
  expect(await watch.stop()).toBe("0");
  watch.start(receiver);
  await expect.poll(() => told(receiver, "opened").map(({ answered }) => answered), withinMs).toEqual([503, 503, 204]);
  expect(new Set(told(receiver, "opened").map(({ id }) => id)).size).toBe(1);
  expect(await watch.stop()).toBe("0");
  expect(told(receiver, "opened")).toHaveLength(3);
  expect(watch.alarms()).toEqual(["opened"]);
});

test.concurrent("nothing of what a store answers is printed, kept or sent", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using watch = new Watch([store]);
  watch.start(receiver);
  await expect.poll(() => watch.output, withinMs).toContain("auth-required");
  store.isOpen = true;
  await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
  // Once told, all places are looked at.
  await expect.poll(() => watch.output.split("\n").length, withinMs).toBeGreaterThan(3);
  expect(await watch.stop()).toBe("0");
  for (const [what, text] of Object.entries({ output: watch.output, kept: watch.kept(), sent: JSON.stringify(receiver.messages) })) {
    expect(text.length, what).toBeGreaterThan(50);
    expect(text, what).not.toContain(planted);
    expect(text, what).not.toContain("kitchen");
    expect(text, what).not.toContain(secret.toString("base64"));
  }
});

test.concurrent("a second watch of the same state is refused", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using watch = new Watch([store]);
  watch.start(receiver);
  await expect.poll(() => watch.output, withinMs).toContain("auth-required");
  const first = watch.output;
  watch.start(receiver);
  expect(await watch.ended()).not.toBe("0");
  expect(watch.output.slice(first.length)).toContain("cli/already-running");
});

test.concurrent(
  "PagerDuty has one incident, which the end resolves, though the webhook is down; the heartbeat beats",
  limit,
  async ({ expect }) => {
    using store = await openStore();
    using receiver = await openReceiver();
    using incidents = await openInbox();
    using heart = await openInbox();
    using watch = new Watch([store]);
    const key = "0123456789abcdef0123456789abcdef";
    receiver.refuse = 1_000;
    store.isOpen = true;
    const file = watch.secretFile("pagerduty.key", `${key}\n`);
    watch.start(receiver, undefined, ["--pagerduty", incidents.url, "--pagerduty-key", file, "--heartbeat", heart.url]);
    const opened = {
      routing_key: key,
      event_action: "trigger",
      payload: { source: "cache", severity: "critical", class: "data-readable" },
    };
    await expect.poll(() => incidents.bodies[0], withinMs).toMatchObject(opened);
    store.isOpen = false;
    // What can be read is the same incident, told once more.
    await expect.poll(() => incidents.bodies.at(-1), withinMs).toMatchObject({ event_action: "resolve" });
    const keys = incidents.bodies.map((body) => (body as { readonly dedup_key: string }).dedup_key);
    expect(new Set(keys).size).toBe(1);
    expect(heart.bodies.length).toBeGreaterThan(0);
    expect(JSON.stringify(incidents.bodies)).not.toContain("kitchen");
    expect(await watch.stop()).toBe("0");
    expect(watch.kept()).not.toContain(key);
    expect(watch.output).not.toContain(key);
  },
);
