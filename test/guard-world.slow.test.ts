/** `vitrine guard watch` beside what happens on its own machine: files that change, stores that nobody declared. */
import { renameSync } from "node:fs";
import { spawn } from "node:child_process";
import { test } from "vitest";
import { needsMemcached } from "./support/servers/memcached.ts";
import { mustBeThere } from "./support/servers/need.ts";
import { openNamespace } from "./support/servers/namespace.ts";
import { serverFolder, startProcess } from "./support/servers/process.ts";
import { needsRedisAndNamespace } from "./support/servers/redis.ts";
import { Watch, openReceiver, openStore } from "./support/guard-watch.ts";

const needs = [...needsRedisAndNamespace, needsMemcached];
if (mustBeThere) for (const need of needs) if (!need.isThere()) await need.install();
const missing = needs.filter((need) => !need.isThere()).map(({ command }) => command);
const isThere = missing.length === 0 || mustBeThere;
const withinMs = { timeout: 30_000, interval: 20 };

test(
  "a watched file is written: the check of its asset begins at once, and not with the minute",
  { timeout: 120_000 },
  async ({ expect }) => {
    using store = await openStore();
    using receiver = await openReceiver();
    using watch = new Watch([store], "standard", { more: ", watches: [redis.conf, not-there.conf]" });
    const file = watch.secretFile("redis.conf", "requirepass made-up\n");
    watch.start(receiver);
    // Its first check is within the minute; the file's first change brings it forward.
    await expect.poll(() => watch.output, withinMs).toContain("not-there.conf");
    const tookMs: number[] = [];
    for (const text of ["a", "bb", "ccc"]) {
      const before = store.connections;
      const startedMs = performance.now();
      // As an editor does it.
      renameSync(watch.secretFile("redis.conf.new", text), file);
      await expect.poll(() => store.connections, { timeout: 20_000, interval: 5 }).toBeGreaterThan(before);
      tookMs.push(Math.round(performance.now() - startedMs));
      // A check of the stand-in takes two seconds (it is silent on TLS), and there is a second one: a change in the midst of one is seen after it.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
    expect(Math.max(...tookMs), tookMs.join(" ")).toBeLessThan(10_000);
    expect(watch.output).not.toContain("made-up");
    expect(await watch.stop()).toBe("0");
  },
);

/** In the namespace: a real Redis and a real memcached that nobody declared, and others that are to be left alone. Prints what MySQL's stand-in heard. */
const others = `
  const { createServer } = require("node:net");
  let greeted = 0, said = 0;
  createServer((socket) => { greeted += 1; socket.on("error", () => {}).on("data", () => { said += 1; }); socket.write("220 mail.example ESMTP\\r\\n"); }).listen(25, "0.0.0.0");
  createServer((socket) => { process.stdout.write("3306 was connected to\\n"); socket.destroy(); }).listen(3306, "0.0.0.0");
  require("node:http").createServer((request, response) => response.writeHead(401, { "www-authenticate": "Basic" }).end()).listen(8080, "0.0.0.0");
  createServer((socket) => { process.stdout.write("loopback was connected to\\n"); socket.destroy(); }).listen(7000, "127.0.0.1");
  process.stdout.write("ready\\n");
  setInterval(() => process.stdout.write("greeted " + greeted + ", then heard " + said + "\\n"), 500);
`;

test.skipIf(!isThere)(
  `stores that listen here and that nobody declared are told of, and nobody else is${isThere ? "" : ` (not tried: ${missing.join("; ")})`}`,
  { timeout: 60_000 },
  async ({ expect }) => {
    await using ends = new AsyncDisposableStack();
    const namespace = ends.use(openNamespace());
    const inside = namespace.run;
    for (const command of [
      ["/usr/bin/redis-server", "--port", "6379", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", ""],
      ["/usr/bin/redis-server", "--port", "6380", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", ""],
      ["/usr/bin/memcached", "-l", "0.0.0.0", "-p", "7777", "-U", "0"],
    ])
      ends.use(startProcess({ command, folder: serverFolder("undeclared"), inside }));
    const [program, ...all] = ["ip", ...inside.slice(1)] as const;
    const beside = spawn(program, [...all, process.execPath, "-e", others], { stdio: ["ignore", "pipe", "inherit"] });
    ends.defer(() => void beside.kill("SIGKILL"));
    let heard = "";
    beside.stdout.on("data", (bytes: Buffer) => (heard += bytes.toString("utf8")));
    await expect.poll(() => heard, withinMs).toContain("ready");
    using receiver = await openReceiver();
    using watch = ends.use(new Watch([{ name: "declared", port: 6380 }], "fast", { listeners: "on" }));
    watch.start(receiver, undefined, [], inside);
    await expect.poll(() => watch.told(), withinMs).toEqual(["declared opened", "undeclared:6379 opened", "undeclared:7777 opened"]);
    expect(watch.output).toMatch(/undeclared:6379 +data-readable/);
    expect(watch.list()).toMatch(/^undeclared:7777 +nobody: it is not declared +60 s +unreachable +data-readable /m);
    // Nobody else is to follow.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(watch.told()).toHaveLength(3);
    expect(heard).toContain("greeted 1, then heard 0");
    expect(heard).not.toMatch(/greeted [2-9]|was connected to/);
    expect(await watch.stop()).toBe("0");
  },
);
