/**
 * From the opening of a real Redis to the message that says what can be read of it: `vitrine guard plant`, the script run by hand, `vitrine guard watch` as
 * a process. What stands in the store, in names of keys too, is in nothing that the guard keeps, prints or sends.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Receiver } from "./support/guard-watch.ts";
import { Watch, openReceiver } from "./support/guard-watch.ts";
import { exchange } from "./support/servers/line.ts";
import { mustBeThere } from "./support/servers/need.ts";
import { needsRedis } from "./support/servers/redis.ts";
import { freePort, serverFolder, startProcess, untilReady } from "./support/servers/process.ts";

const binary = "/usr/bin/redis-server";
if (mustBeThere && !needsRedis.isThere()) await needsRedis.install();
const main = join(import.meta.dirname, "../src/cli/main.ts");
const withinMs = { timeout: 60_000, interval: 50 };
/** Of people: as names of keys, and in them. */
const names = ["ann.kitchen@example.com", "203.0.113.77", "hunter2-token-of-ann"];
const stranger = "stranger-9981@example.org";

async function say(port: number, lines: readonly string[]): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.end(`${lines.join("\r\n")}\r\nQUIT\r\n`).resume();
  await once(socket, "close");
}

async function redis(port: number) {
  const folder = serverFolder("redis-depth");
  const command = [binary, "--port", String(port), "--bind", "127.0.0.1", "--protected-mode", "no", "--save", "", "--dir", folder];
  const server = startProcess({ command, folder });
  await untilReady(server, async () => /^[+-]/.test(await exchange(port, "PING\r\n")));
  return server;
}

const readable = (receiver: Receiver) => receiver.messages.find(({ event }) => event === "readable");

test.skipIf(!needsRedis.isThere() && !mustBeThere)(
  "an opened Redis that holds what was planted is counted by the names of its keys; another one behind its address is asked whose it is, and nothing more",
  { timeout: 180_000 },
  async () => {
    const port = await freePort();
    using receiver = await openReceiver();
    using watch = new Watch([{ name: "cache", port }], "fast", { more: ", allows: [user.device.ip_address]" });
    const guard = async (word: string): Promise<string> =>
      new Promise((resolve) => {
        const flags = ["--config", join(watch.folder, "assets.yaml"), "--state", join(watch.folder, ".vitrine")];
        const env = { PATH: process.env["PATH"], HOME: watch.folder };
        execFile(process.execPath, [main, "guard", word, ...flags], { env }, (_error, out, err) => resolve(out + err));
      });
    const planted = /SET (vitrine:canary vitrine-[0-9a-f]{32})/.exec(await guard("plant"))?.[1] ?? "";
    {
      await using server = await redis(port);
      await say(port, [
        "CONFIG SET requirepass made-up",
        "AUTH made-up",
        `SET ${planted}`,
        ...Array.from({ length: 1_200 }, (_, i) => `SET session:${i}:of:${names[0]} ${names[2]}`),
        ...Array.from({ length: 140 }, (_, i) => `SET user:${i}:weight ${names[2]}`),
        ...Array.from({ length: 140 }, (_, i) => `SET user:${i}:height ${names[2]}`),
        `SET rate:${names[1]} 1`,
        `SELECT 3`,
        `SET access_token:${names[2]} 1`,
      ]);
      watch.start(receiver);
      await expect.poll(() => watch.output, withinMs).toContain("auth-required");
      await say(port, ["AUTH made-up", 'CONFIG SET requirepass ""']);
      await expect.poll(() => readable(receiver), withinMs).toBeDefined();
      expect(readable(receiver)?.readable).toMatchObject([
        {
          dataSet: "all of it",
          records: { kind: "exact", value: 1_200 + 280 + 1 + 1 + 1 },
          categories: [
            { category: "user.health_and_medical.body_metric", special: true, records: { kind: "exact", value: 280 } },
            { category: "system.authentication.integration_token", records: { kind: "exact", value: 1 } },
            { category: "system.authentication.session_token", records: { kind: "exact", value: 1_200 } },
            { category: "user.contact.email", records: { kind: "exact", value: 1_200 } },
            { category: "user.device.ip_address", allowed: true, records: { kind: "exact", value: 1 } },
            { category: "user.unique_id.pseudonymous", records: { kind: "exact", value: 280 } },
          ],
        },
      ]);
      await say(port, ["CONFIG SET requirepass made-up"]);
      await expect.poll(() => receiver.messages.some(({ event }) => event === "closed"), withinMs).toBe(true);
      expect(server).toBeDefined();
    }
    const before = receiver.messages.length;
    await using other = await redis(port);
    await say(port, [`SET vitrine:canary ${stranger}`, `SET user:${stranger}:email 1`]);
    await expect.poll(() => receiver.messages.slice(before).find(({ event }) => event === "readable"), withinMs).toBeDefined();
    const told = receiver.messages.slice(before).find(({ event }) => event === "readable");
    expect(told?.readable).toMatchObject([{ notCounted: "identity-not-confirmed", categories: [] }]);
    const asked = await exchange(port, "INFO commandstats\r\n");
    expect(new Set([...asked.matchAll(/^cmdstat_(\w+)/gm)].map(([, one]) => one))).toEqual(new Set(["get", "ping", "quit", "set"]));
    expect(await watch.stop()).toBe("0");
    for (const text of [watch.output, watch.kept(), JSON.stringify(receiver.messages)])
      for (const one of [...names, stranger, "stranger", planted.split(" ")[1] ?? "none", "kitchen"]) expect(text).not.toContain(one);
    expect(other).toBeDefined();
  },
);
