/**
 * Watch, vantage and store as hosts of their own: what is filtered from one of them and not from the other, and a vantage that is cut off. Without
 * the right to make network namespaces it is skipped, which the run shows.
 */
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { Watch } from "./support/guard-watch.ts";
import { Network, addresses } from "./support/namespaces.ts";
import { needsNamespace } from "./support/servers/namespace.ts";
import { Vantage, vitrine } from "./support/vantage.ts";

const limit = { timeout: 240_000 };
const withinMs = { timeout: 60_000, interval: 100 };
const hasNamespaces = needsNamespace.isThere();
const port = 6379;
const watchPort = 7466;

/** The whole small world of one test. */
class World implements Disposable {
  readonly network: Network;
  readonly watch = new Watch([], "fast", { file: file() });
  readonly vantage = new Vantage();
  readonly #store: ReturnType<typeof spawn>;

  constructor(id: string) {
    this.network = new Network(id);
    const script = join(import.meta.dirname, "support/store-process.ts");
    const command = [process.execPath, script, addresses.store, String(port), this.#open, addresses.control];
    const [program = "", ...args] = [...this.network.within("store"), ...command];
    this.#store = spawn(program, args, { stdio: "ignore" });
  }

  get #open(): string {
    return join(this.watch.folder, "open");
  }

  start(): void {
    this.watch.start(
      { url: "http://127.0.0.1:9/" },
      undefined,
      ["--vantage-listen", `${addresses.watch}:${watchPort}`],
      this.network.within("inside"),
    );
  }

  enrol(): void {
    const at = (name: string): string => join(this.watch.folder, name);
    const args = ["guard", "vantage", "add", "outside", "--json", "--at", `${addresses.watch}:${watchPort}`];
    const made = vitrine([...args, "--config", at("assets.yaml"), "--state", at(".vitrine")], this.watch.folder);
    const { invitation } = JSON.parse(made) as { readonly invitation: string };
    this.vantage.start({ invitation, allow: [addresses.store, addresses.control], within: this.network.within("outside") });
  }

  store(is: "open" | "closed"): void {
    if (is === "open") writeFileSync(this.#open, "");
    else rmSync(this.#open);
  }

  /** What each vantage saw the last time, and how that is judged. */
  sights(): Readonly<Record<string, string>> {
    const rows = this.#read("SELECT vantage, seen, judged FROM guard_sight ORDER BY vantage");
    return Object.fromEntries(rows.map((row) => [String(row["vantage"]), `${String(row["seen"])} ${String(row["judged"])}`]));
  }

  /** Of the messages that were made, whether or not they arrived. */
  told(): readonly {
    readonly event: string;
    readonly summary: string;
    readonly vantage: string;
    readonly since: string;
    readonly at: string;
  }[] {
    return this.#read("SELECT body FROM guard_delivery WHERE id NOT LIKE '%.readable%' ORDER BY created_at, id").map(
      ({ body }) => JSON.parse(String(body)) as ReturnType<World["told"]>[number],
    );
  }

  #read(sql: string) {
    using database = new DatabaseSync(join(this.watch.folder, ".vitrine", "state.sqlite"), { readOnly: true, timeout: 5_000 });
    return database.prepare(sql).all();
  }

  [Symbol.dispose](): void {
    this.vantage[Symbol.dispose]();
    this.watch[Symbol.dispose]();
    this.#store.kill("SIGKILL");
    this.network[Symbol.dispose]();
  }
}

function file(): string {
  const asset = `{ owner: platform, url: "redis://${addresses.store}", authorised: { by: Ann, on: 2026-11-01 }, profile: fast }`;
  return `  cache: ${asset}\nvantages:\n  outside: { control: ["tcp://${addresses.control}:${port}"] }\n`;
}

const here = "auth-required as-expected";

test.skipIf(!hasNamespaces)(
  "filtered outside and closed inside is as it should be; what opens to the outside alone is told from there",
  limit,
  async () => {
    using world = new World("a");
    world.network.filter("outside", "on");
    world.start();
    await expect.poll(() => world.watch.output, withinMs).toContain("auth-required");
    world.enrol();
    // With a proven path silence is a filter's, and IPv6 is not there to be tested.
    await expect.poll(() => world.sights(), withinMs).toEqual({ here, outside: "filtered as-expected" });
    expect(world.watch.kept()).toContain('"untested":["IPv6"]');
    // The reverse: from inside nobody reaches it any more, from outside anybody reads it.
    world.network.filter("inside", "on");
    world.store("open");
    world.network.filter("outside", "off");
    await expect.poll(() => world.told().map(({ event }) => event), withinMs).toEqual(["opened"]);
    const [opened] = world.told();
    expect(opened).toMatchObject({
      vantage: "outside",
    });
    expect(opened?.summary).toContain("data-readable without credentials from outside");
    expect(Date.parse(opened?.at ?? "") - Date.parse(opened?.since ?? "")).toBeLessThan(5_000);
    world.store("closed");
    // Reachable outside is not what is expected there, whatever it answers; filtered inside is not known.
    await expect.poll(() => world.sights(), withinMs).toEqual({ here: "filtered unknown", outside: "auth-required deviation" });
    world.network.filter("outside", "on");
    world.network.filter("inside", "off");
    await expect
      .poll(() => world.told().map(({ event, summary }) => `${event} ${/from .*vantages/.exec(summary)?.[0] ?? ""}`), withinMs)
      .toEqual(["opened ", "closed from two vantages"]);
  },
);

test.skipIf(!hasNamespaces)("cut off it is lost, and no closing is proven until it is back", limit, async () => {
  using world = new World("b");
  world.network.filter("outside", "on");
  world.start();
  await expect.poll(() => world.watch.output, withinMs).toContain("auth-required");
  world.enrol();
  await expect.poll(() => world.sights(), withinMs).toEqual({ here, outside: "filtered as-expected" });
  world.store("open");
  await expect.poll(() => world.told().map(({ event }) => event), withinMs).toEqual(["opened"]);
  world.network.cut("on");
  // What was seen through the cable before it was cut is no sight of now.
  await new Promise((done) => setTimeout(done, 1_000));
  world.store("closed");
  await expect.poll(() => world.sights(), withinMs).toEqual({ here, outside: "unknown unknown" });
  await expect.poll(() => world.told().map(({ event }) => event), withinMs).toEqual(["opened", "vantage-lost"]);
  await new Promise((done) => setTimeout(done, 15_000));
  expect(world.told().map(({ event }) => event)).toEqual(["opened", "vantage-lost"]);
  world.network.cut("off");
  await expect.poll(() => world.told().map(({ event }) => event), { ...withinMs, timeout: 90_000 }).toContain("closed");
  expect(
    world
      .told()
      .map(({ event }) => event)
      .toSorted(),
  ).toEqual(["closed", "opened", "vantage-lost", "vantage-returned"]);
});

test.skipIf(!hasNamespaces)("a filter and a path that is gone look the same, and are not taken for each other", limit, async () => {
  using world = new World("c");
  world.network.filter("outside", "on");
  world.start();
  await expect.poll(() => world.watch.output, withinMs).toContain("auth-required");
  world.enrol();
  await expect.poll(() => world.sights(), withinMs).toEqual({ here, outside: "filtered as-expected" });
  world.network.filter("outside", "on", "control");
  await expect.poll(() => world.sights(), withinMs).toEqual({ here, outside: "unknown unknown" });
  world.network.filter("outside", "off", "control");
  await expect.poll(() => world.sights(), withinMs).toEqual({ here, outside: "filtered as-expected" });
});
