/** `vitrine run` looks into a closed store whose login is declared: in a process of its own, which holds that login and nothing else. */
import { execFile, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Receiver } from "./support/guard-watch.ts";
import { openReceiver, secret } from "./support/guard-watch.ts";
import { freePort } from "./support/servers/process.ts";

const main = join(import.meta.dirname, "../src/cli/main.ts");
const password = "hunter2-of-the-cluster";
const right = `Basic ${Buffer.from(`owner:${password}`).toString("base64")}`;
const others = {
  VITRINE_SOURCE_URL: "postgres://reader:of-the-source@127.0.0.1:1/shop",
  PGPASSWORD: "of-the-source",
  OTHER_SECRET: "other",
};

const answers: readonly (readonly [RegExp, object])[] = [
  [/cluster_uuid/, { cluster_uuid: "kX3ZyTrGQ8yQ2aXn3mXb7A" }],
  [/_field_caps/, { fields: { email: { keyword: { searchable: true } }, _id: { _id: { metadata_field: true } } } }],
  [
    /_search\?filter_path/,
    {
      timed_out: false,
      _shards: { total: 2, successful: 2, failed: 0 },
      hits: { total: { value: 3 } },
      aggregations: { categories: { buckets: { c0: { doc_count: 3 } } } },
    },
  ],
];

/** Closed but to its owner's login, whom it keeps waiting while `isHeld` says so. */
async function openCluster() {
  const held = { is: false, count: 0 };
  const server = createServer((request, response) => {
    const found = answers.find(([path]) => path.test(request.url ?? ""))?.[1];
    const isIn = request.headers.authorization === right && found !== undefined;
    const answer = (): void =>
      void response.writeHead(isIn ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(isIn ? found : { error: {} }));
    if (!isIn || !held.is) return answer();
    held.count += 1;
    const timer = setInterval(() => {
      if (held.is) return;
      clearInterval(timer);
      answer();
    }, 20);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    held,
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

class Product implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "vitrine-hourly-"));
  readonly flags = ["--config", this.at("assets.yaml"), "--state", this.at(".vitrine")];
  output = "";
  #child: ReturnType<typeof spawn> | undefined;

  at(name: string): string {
    return join(this.folder, name);
  }

  declare(port: number): void {
    writeFileSync(this.at("login"), `owner:${password}\n`, { mode: 0o600 });
    writeFileSync(this.at("secret"), `whsec_${secret.toString("base64")}\n`, { mode: 0o600 });
    writeFileSync(
      this.at("assets.yaml"),
      `version: 1\nlisteners: off\nassets:\n  es: { owner: p, url: "elasticsearch://127.0.0.1:${port}", data: [users], look: login, authorised: { by: Ann, on: 2026-11-01 } }\n`,
    );
  }

  async run(receiver: Receiver): Promise<void> {
    this.#child = spawn(process.execPath, [main, "run", ...this.flags, "--listen", `127.0.0.1:${await freePort()}`], {
      env: {
        PATH: process.env["PATH"],
        HOME: this.folder,
        VITRINE_WEBHOOK: receiver.url,
        VITRINE_WEBHOOK_SECRET_FILE: this.at("secret"),
        ...others,
      },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (piece: Buffer) => (this.output += piece.toString("utf8")));
    while (!this.output.includes('"event":"ready"')) await sleep(50);
  }

  async vitrine(...words: readonly string[]): Promise<string> {
    const done = await promisify(execFile)(process.execPath, [main, ...words, ...this.flags], {
      env: { PATH: process.env["PATH"], HOME: this.folder },
    });
    this.output += done.stdout + done.stderr;
    return done.stdout;
  }

  async look(): Promise<Readonly<Record<string, string>> | undefined> {
    const [asset] = JSON.parse(await this.vitrine("guard", "list", "--json")) as readonly {
      readonly look?: Readonly<Record<string, string>>;
    }[];
    return asset?.look;
  }

  /** Of the process that looks. */
  lookPid(): number | undefined {
    const { pid } = this.#child ?? {};
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
    return pids.find((one) => readFileSync(`/proc/${one}/cmdline`, "utf8").includes("look-process"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test("what its declaration does not allow is told while the store is closed; whoever looks holds this login alone, and it is kept nowhere", async () => {
  using cluster = await openCluster();
  using receiver = await openReceiver();
  await using product = new Product();
  product.declare(cluster.port);
  await product.vitrine("guard", "add", "--credential-file", product.at("login"));
  cluster.held.is = true;
  await product.run(receiver);
  await expect.poll(() => cluster.held.count, { timeout: 60_000 }).toBe(1);
  const pid = product.lookPid();
  const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
  for (const value of Object.values(others)) expect(environment).not.toContain(value);
  expect(environment).not.toContain(receiver.url);
  const command = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
  const readable = command.filter((word) => word.startsWith("--allow-fs-read=")).map((word) => word.slice("--allow-fs-read=".length));
  expect(command).toContain("--permission");
  // Of the state folder the state alone, and of files with secrets the one.
  expect(readable.filter((file) => file.startsWith(product.folder))).toEqual([
    product.at("assets.yaml"),
    product.at(".vitrine/state.sqlite*"),
    product.at("login"),
  ]);
  cluster.held.is = false;
  await expect.poll(() => receiver.messages.map(({ event }) => event), { timeout: 60_000 }).toEqual(["holds-forbidden"]);
  expect(Date.now() - Date.parse((await product.look())?.["at"] ?? "")).toBeLessThan(120_000);
  expect(receiver.messages[0]?.summary).toContain("3 with e-mail addresses");
  const kept = readdirSync(product.at(".vitrine"))
    .filter((name) => name.startsWith("state"))
    .map((name) => readFileSync(join(product.at(".vitrine"), name), "latin1"));
  for (const text of [product.output, JSON.stringify(receiver.messages), ...kept]) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(right.slice("Basic ".length));
  }
}, 180_000);

test("one that is killed, or may not read the login, ends nobody else, and why nothing is known is said", async () => {
  using cluster = await openCluster();
  using receiver = await openReceiver();
  await using product = new Product();
  product.declare(cluster.port);
  await product.vitrine("guard", "add", "--credential-file", product.at("login"));
  cluster.held.is = true;
  await product.run(receiver);
  await expect.poll(() => cluster.held.count, { timeout: 60_000 }).toBe(1);
  process.kill(product.lookPid() ?? 0, "SIGKILL");
  await expect.poll(() => product.output, { timeout: 20_000 }).toContain('"event":"look-ended"');
  expect(await product.look()).toEqual({});
  expect(await product.vitrine("status")).not.toContain("Nobody watches");
  await using second = new Product();
  second.declare(cluster.port);
  chmodSync(second.at("login"), 0o644);
  await second.run(receiver);
  await expect.poll(async () => second.look(), { timeout: 60_000 }).toEqual({ because: "cli/credential-unprotected" });
  expect(await second.vitrine("guard", "list")).toContain("not known: cli/credential-unprotected");
}, 180_000);
