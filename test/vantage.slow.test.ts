/** `vitrine vantage` and `vitrine guard watch` as processes over loopback: enrolment, sights, loss and return. */
import { connect as connectPlain } from "node:net";
import { connect as connectTls } from "node:tls";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ExpectStatic } from "vitest";
import { test } from "vitest";
import { selfSigned } from "../src/lib/self-signed.ts";
import type { Control } from "./support/vantage.ts";
import { Vantage, freePort, openControl, vitrine } from "./support/vantage.ts";
import type { Receiver, Store } from "./support/guard-watch.ts";
import { Watch, openReceiver, openStore, planted } from "./support/guard-watch.ts";

const limit = { timeout: 120_000 };
const withinMs = { timeout: 60_000, interval: 50 };
const told = (receiver: Receiver, event: string) => receiver.messages.filter((message) => message.event === event);

/** Without what follows an alarm: what can be read there. */
const alarmsOf = (receiver: Receiver): readonly string[] =>
  receiver.messages.map(({ event }) => event).filter((event) => event !== "readable");

/** A watch that listens for the vantage `outside`, which is proven by the control. */
class Place implements Disposable {
  readonly watch: Watch;
  readonly port: number;

  constructor(stores: readonly Store[], control: Control, port: number) {
    this.port = port;
    this.watch = new Watch(stores, "fast", {
      more: ", expect: auth-required",
      file: `vantages:\n  outside: { control: ["tcp://127.0.0.1:${control.port}"] }\n`,
    });
  }

  start(receiver: Receiver): void {
    this.watch.start(receiver, undefined, ["--vantage-listen", `127.0.0.1:${this.port}`, "--checkpoints", this.checkpoints]);
  }

  get checkpoints(): string {
    return join(this.watch.folder, "elsewhere");
  }

  guard(...args: readonly string[]): string {
    return this.cli("guard", "vantage", ...args);
  }

  cli(...args: readonly string[]): string {
    const at = (name: string): string => join(this.watch.folder, name);
    return vitrine([...args, "--config", at("assets.yaml"), "--state", at(".vitrine")], this.watch.folder);
  }

  invite(): string {
    const { invitation } = JSON.parse(this.guard("add", "outside", "--json", "--at", `127.0.0.1:${this.port}`)) as {
      readonly invitation: string;
    };
    return invitation;
  }

  /** What the ledger has of vantages. */
  ledger(): readonly string[] {
    using database = new DatabaseSync(join(this.watch.folder, ".vitrine", "state.sqlite"), { readOnly: true, timeout: 5_000 });
    return database
      .prepare("SELECT body FROM ledger WHERE kind = 'guard-vantage' ORDER BY id")
      .all()
      .map(({ body }) => (JSON.parse(String(body)) as { readonly event: string }).event);
  }

  /** How often each asset was counted as unknown in a row: only what is counted three times alarms by itself. */
  unknown(): readonly number[] {
    using database = new DatabaseSync(join(this.watch.folder, ".vitrine", "state.sqlite"), { readOnly: true, timeout: 5_000 });
    return database
      .prepare("SELECT state FROM guard_asset ORDER BY name")
      .all()
      .flatMap(({ state }) => (JSON.parse(String(state)) as { readonly unknown: readonly { readonly checks: number }[] }).unknown)
      .map(({ checks }) => checks);
  }

  [Symbol.dispose](): void {
    this.watch[Symbol.dispose]();
  }
}

/** A watch and its vantage, which has looked once. */
async function together(
  expect: ExpectStatic,
  { store, receiver, control }: { readonly store: Store; readonly receiver: Receiver; readonly control: Control },
): Promise<Disposable & { readonly place: Place; readonly vantage: Vantage }> {
  const place = new Place([store], control, await freePort());
  const vantage = new Vantage();
  place.start(receiver);
  await expect.poll(() => place.watch.output, withinMs).toContain("auth-required");
  vantage.start({ invitation: place.invite() });
  await expect.poll(() => place.watch.output, withinMs).toContain("from outside");
  const end = (): void => {
    vantage[Symbol.dispose]();
    place[Symbol.dispose]();
  };
  return { place, vantage, [Symbol.dispose]: end };
}

test.concurrent(
  "enrolled once; sees what the watch sees; an opening is told, and its end is proven from two vantages",
  limit,
  async ({ expect }) => {
    using store = await openStore();
    using receiver = await openReceiver();
    using control = await openControl();
    using place = new Place([store], control, await freePort());
    using vantage = new Vantage();
    place.start(receiver);
    await expect.poll(() => place.watch.output, withinMs).toContain("auth-required");
    vantage.start({ invitation: place.invite() });
    await expect.poll(() => vantage.output, withinMs).toContain(`"to":"redis://127.0.0.1:${store.port}"`);
    await expect.poll(() => place.watch.output, withinMs).toContain("from outside");
    expect(statSync(join(vantage.folder, "keys", "vantage.key")).mode & 0o777).toBe(0o600);
    store.isOpen = true;
    await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
    store.isOpen = false;
    await expect.poll(() => told(receiver, "closed")[0]?.summary, withinMs).toContain("seen from two vantages");
    expect(place.cli("guard", "list")).toMatch(/^ {2}from outside +auth-required +auth-required/m);
    expect(place.cli("guard", "history")).toMatch(/vantage +outside +enrolled/);
    expect(place.guard("list")).toMatch(/^outside +(seen|not yet)/m);
    expect(place.ledger()).toEqual(["code", "enrolled"]);
    expect(await place.watch.stop()).toBe("0");
    expect(told(receiver, "vantage-lost")).toEqual([]);
    for (const text of [vantage.output, place.watch.output, place.watch.kept(), JSON.stringify(receiver.messages)]) {
      expect(text.length).toBeGreaterThan(50);
      expect(text).not.toContain(planted);
    }
  },
);

test.concurrent("killed it is lost, once; meanwhile no closing is proven; it comes back by itself", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using control = await openControl();
  using both = await together(expect, { store, receiver, control });
  const { place, vantage } = both;
  vantage.kill("SIGKILL");
  store.isOpen = true;
  await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
  store.isOpen = false;
  await expect.poll(() => told(receiver, "vantage-lost").length, withinMs).toBe(1);
  expect(told(receiver, "vantage-lost")[0]).toMatchObject({ asset: "vantage:outside", severity: "page", vantage: "outside" });
  // Six more checks of the watch itself.
  await new Promise((done) => setTimeout(done, 25_000));
  expect(alarmsOf(receiver)).toEqual(["opened", "vantage-lost"]);
  vantage.start({});
  await expect.poll(() => told(receiver, "vantage-returned").length, withinMs).toBe(1);
  await expect.poll(() => told(receiver, "closed")[0]?.summary, withinMs).toContain("seen from two vantages");
  expect(new Set(receiver.messages.filter(({ asset }) => asset === "vantage:outside").map(({ alarm }) => alarm)).size).toBe(1);
  expect(place.ledger()).toEqual(["code", "enrolled", "lost", "returned"]);
});

test.concurrent("a watch that is killed is found again, and nothing is lost for it", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using control = await openControl();
  using both = await together(expect, { store, receiver, control });
  const { place, vantage } = both;
  process.kill(place.watch.pid ?? 0, "SIGKILL");
  await expect.poll(() => vantage.output, withinMs).toContain("the watch has gone");
  store.isOpen = true;
  place.start(receiver);
  await expect.poll(() => vantage.output.split("with the watch").length, withinMs).toBe(3);
  await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
  store.isOpen = false;
  await expect.poll(() => told(receiver, "closed")[0]?.summary, withinMs).toContain("seen from two vantages");
  expect(told(receiver, "vantage-lost")).toEqual([]);
});

test.concurrent("without its path it has seen nothing, and that is one alarm", limit, async ({ expect }) => {
  using store = await openStore();
  using other = await openStore("queue");
  using receiver = await openReceiver();
  using control = await openControl();
  const place = new Place([store, other], control, await freePort());
  using _place = place;
  using vantage = new Vantage();
  place.start(receiver);
  await expect.poll(() => place.watch.output, withinMs).toContain("auth-required");
  vantage.start({ invitation: place.invite() });
  await expect.poll(() => place.watch.output.match(/auth-required.{0,12}  from outside/g)?.length, withinMs).toBe(2);
  await control.close();
  await expect.poll(() => place.watch.output.match(/unknown.{0,16}  from outside/g)?.length, withinMs).toBe(2);
  store.isOpen = true;
  await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
  store.isOpen = false;
  await expect
    .poll(() => told(receiver, "vantage-lost").map(({ details }) => details), withinMs)
    .toEqual([["It reaches no known-open endpoint by IPv4."]]);
  await new Promise((done) => setTimeout(done, 12_000));
  expect(alarmsOf(receiver)).toEqual(["opened", "vantage-lost"]);
  expect(place.unknown()).toEqual([1, 1]);
  await control.open();
  await expect.poll(() => told(receiver, "vantage-returned").length, withinMs).toBe(1);
  await expect.poll(() => told(receiver, "closed")[0]?.summary, withinMs).toContain("seen from two vantages");
});

/** Speaks TLS with a key of its own and says one line; what was answered until the end. */
async function say(port: number, line: string | Buffer, withKey = true): Promise<string> {
  const { privateKey: key } = generateKeyPairSync("ed25519");
  const pem = { key: key.export({ type: "pkcs8", format: "pem" }), cert: selfSigned(key) };
  const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false, ...(withKey ? pem : {}) });
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString("utf8"))).on("error", () => undefined);
  socket.write(line);
  await new Promise((done) => socket.once("close", done));
  return answer;
}

test.concurrent("codes: wrong, spent, replaced, replayed; and a watch that is another", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using control = await openControl();
  const place = new Place([store], control, await freePort());
  using _place = place;
  place.start(receiver);
  await expect.poll(() => place.watch.output, withinMs).toContain("auth-required");
  const first = place.invite();
  const invitation = place.invite();
  const refused = async (text: string): Promise<string> => {
    using vantage = new Vantage();
    vantage.start({ invitation: text });
    const code = await vantage.ended();
    return `${code} ${/guard\/[a-z-]+/.exec(vantage.output)?.[0]}`;
  };
  expect(await refused("vtv1.not-one"), "no invitation").toBe("1 guard/vantage-code");
  expect(
    await refused(invitation.replace(/\.([\w-])([\w-]{21}\.[0-9a-f]{64})$/, (_, one, rest) => `.${one === "A" ? "B" : "A"}${rest}`)),
    "wrong",
  ).toBe("1 guard/vantage-code");
  expect(await refused(first), "replaced by a later one").toBe("1 guard/vantage-code");
  {
    using vantage = new Vantage();
    vantage.start({ invitation: invitation.replace(/[0-9a-f]{64}$/, "0".repeat(64)) });
    await expect.poll(() => vantage.output, withinMs).toContain("its key is another");
  }
  expect(place.ledger()).toEqual(["code", "code"]);
  using vantage = new Vantage();
  vantage.start({ invitation });
  await expect.poll(() => vantage.output, withinMs).toContain("with the watch");
  expect(await refused(invitation), "spent").toBe("1 guard/vantage-code");
  const code = invitation.split(".").at(-2);
  const hello = `${JSON.stringify({ tag: "hello", protocol: 1, name: "outside", code })}\n`;
  expect(await say(place.port, hello), "the same words by another key").toBe('{"tag":"refused","why":"code"}\n');
  expect(await say(place.port, hello.replace(/,"code".*/, "}")), "its name by another key").toBe('{"tag":"refused","why":"name"}\n');
  expect(await say(place.port, hello, false), "without a key").toBe("");
  expect(place.ledger()).toEqual(["code", "code", "enrolled"]);
  expect(place.watch.kept()).not.toContain(code);
  expect(place.watch.output).not.toContain(code);
  expect(readFileSync(join(vantage.folder, "keys", "watch.json"), "utf8")).not.toContain(code);
  expect(() => place.guard("add", "outside", "--at", "127.0.0.1:1")).toThrow("guard/vantage-name");
  place.guard("remove", "outside");
  await expect.poll(() => vantage.output, withinMs).toContain("refuses this vantage");
  expect(place.ledger()).toEqual(["code", "code", "enrolled", "removed"]);
});

test.concurrent("words out of their time are not heard, and what is no word ends the connection", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using control = await openControl();
  const place = new Place([store], control, await freePort());
  using _place = place;
  place.start(receiver);
  await expect.poll(() => place.watch.output, withinMs).toContain("auth-required");
  const code = place.invite().split(".").at(-2);
  await expect.poll(() => place.watch.output, withinMs).toContain("waiting for vantages");
  const target = `redis://127.0.0.1:${store.port}`;
  const rows = [
    {
      address: "127.0.0.1",
      family: "IPv4",
      channel: "plain",
      calledBy: "address",
      seen: "data-readable",
      because: "So it was.",
      notes: [],
    },
  ];
  const counts = { bytesSent: 0, bytesReceived: 0, tookMs: 1 };
  const sight = (beat: number, extra: object = {}) => ({
    tag: "sight",
    beat,
    asset: "cache",
    tookMs: 1,
    paths: { IPv4: "proven", IPv6: "untested" },
    checks: [{ target, seen: "data-readable", rows: rows.map((row) => ({ ...row, ...counts })), untested: [], ...extra }],
  });
  const lines = (...messages: readonly object[]): string => messages.map((one) => `${JSON.stringify(one)}\n`).join("");
  const hello = { tag: "hello", protocol: 1, name: "outside", code };
  // Two of them would be an opening. The last is none of a vantage's, so that the watch ends it.
  await say(place.port, lines(hello, sight(1_000_000), sight(1_000_000), { tag: "sight" }));
  expect(place.ledger()).toEqual(["code", "enrolled"]);
  expect(place.watch.alarms()).toEqual([]);
  place.guard("remove", "outside");
  const again = place.invite().split(".").at(-2);
  // One beat every five seconds: two of these are of now, also when it is the first one.
  const sights = Array.from({ length: 60 }, (_, beat) => [sight(beat), sight(beat)]).flat();
  await say(place.port, lines({ ...hello, code: again }, ...sights, sight(0, { more: 1 })));
  expect(place.watch.alarms(), "in their time they are").toEqual(["opened"]);
});

test.concurrent("garbage and a flood: strangers are bounded and sent away, who is enrolled stays", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using control = await openControl();
  using both = await together(expect, { store, receiver, control });
  const { place, vantage } = both;
  const closed = { count: 0 };
  const plain = (bytes: string | Buffer): void => {
    const socket = connectPlain(place.port, "127.0.0.1");
    socket.on("error", () => undefined).on("close", () => (closed.count += 1));
    if (bytes.length > 0) socket.write(bytes);
  };
  for (let i = 0; i < 150; i += 1) plain("");
  for (let i = 0; i < 150; i += 1) plain(Buffer.from(`GET / HTTP/1.1\r\n\r\n${"\u0000".repeat(1_000)}`));
  await expect.poll(() => closed.count, { timeout: 20_000 }).toBe(300);
  const answers = [
    say(place.port, "x".repeat(4_000)),
    say(place.port, "not json\n"),
    say(place.port, '{"tag":"alive","beat":0,"paths":{"IPv4":"proven","IPv6":"proven"}}\n'),
    say(place.port, '{"tag":"hello","protocol":99,"name":"outside"}\n'),
    say(place.port, ""),
  ];
  expect(await Promise.all(answers)).toEqual(["", "", "", '{"tag":"refused","why":"protocol"}\n', ""]);
  expect(vantage.output).not.toContain("the watch has gone");
  store.isOpen = true;
  await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
  store.isOpen = false;
  await expect.poll(() => told(receiver, "closed")[0]?.summary, withinMs).toContain("seen from two vantages");
});

test.concurrent("what is not allowed there is not asked, and not taken for closed", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using control = await openControl();
  const place = new Place([store], control, await freePort());
  using _place = place;
  using vantage = new Vantage();
  place.start(receiver);
  await expect.poll(() => place.watch.output, withinMs).toContain("auth-required");
  vantage.start({ invitation: place.invite(), allow: ["cluster.example.com"] });
  await expect.poll(() => vantage.output, withinMs).toContain("asked to check what is not allowed here");
  expect(vantage.output).not.toContain('"event":"asked to check","');
  await expect.poll(() => place.watch.output, withinMs).toMatch(/unknown.{0,16} {2}from outside/);
});

test.concurrent("the ledger is signed as it grows; a vantage that is shown another one says so", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using control = await openControl();
  using both = await together(expect, { store, receiver, control });
  const { place, vantage } = both;
  const kept = (): number => {
    const file = join(vantage.folder, "keys", "checkpoint.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { readonly size: number }).size : 0;
  };
  await expect.poll(kept, withinMs).toBeGreaterThanOrEqual(5);
  expect(await place.watch.stop()).toBe("0");
  const size = kept();
  const [last = ""] = readdirSync(place.checkpoints).filter((name) => /^vitrine-[0-9a-f]{8}\.checkpoint$/.test(name));
  const before = readFileSync(join(place.checkpoints, last), "utf8");
  using database = new DatabaseSync(join(place.watch.folder, ".vitrine", "state.sqlite"));
  database.exec(`DROP TRIGGER ledger_no_update; UPDATE ledger SET body = '{"assets":1,"event":"begun","was":"not so"}' WHERE id = 1`);
  database.close();
  place.start(receiver);
  await expect.poll(() => vantage.output, withinMs).toContain("the watch shows another ledger than before");
  await expect.poll(() => place.ledger(), withinMs).toContain("doubt");
  expect(place.watch.output).toContain("the ledger is not the one that was signed there");
  expect(readFileSync(join(place.checkpoints, last), "utf8")).toBe(before);
  expect(kept()).toBe(size);
});

test.concurrent("without --vantage-listen nothing listens", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using watch = new Watch([store]);
  watch.start(receiver);
  await expect.poll(() => watch.output, withinMs).toContain("auth-required");
  const listening = readFileSync(`/proc/${watch.pid}/net/tcp`, "utf8");
  const inodes = new Set(
    readdirSync(`/proc/${watch.pid}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${watch.pid}/fd/${fd}`))?.[1] ?? []),
  );
  const own = listening
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && inodes.has(fields[9] ?? ""));
  expect(own).toEqual([]);
});

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
