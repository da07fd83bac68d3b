/** What reader and server may not do, tried by programs that run with exactly the rights and the environment that the living ones have. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningProduct } from "../support/product.ts";
import { runProduct } from "../support/product.ts";
import { administer, declaration, schemaSql } from "./small-world.ts";

const question = "grain=month";
const isLinux = process.platform === "linux";
let running: RunningProduct;

beforeAll(async () => {
  running = await runProduct({ load: async (url) => administer(url, schemaSql), declaration });
  await running.untilProven("activations", question);
}, 120_000);
afterAll(async () => running[Symbol.asyncDispose](), 60_000);

type Role = "supervisor" | "server" | "reader";

async function pidOf(role: Role): Promise<number> {
  const [found] = await running.product.processes(role);
  if (found === undefined) throw new Error(`no ${role}`);
  return found.pid;
}

async function argumentsOf(role: Role): Promise<readonly string[]> {
  return readFileSync(`/proc/${await pidOf(role)}/cmdline`, "utf8")
    .split("\0")
    .slice(0, -1);
}

/** Runs attempts (name → expression) with the options that Node was started with for that role; says what came of each. */
async function attempt(role: Role, attempts: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const [node = "", ...rest] = await argumentsOf(role);
  const options = rest.slice(
    0,
    rest.findIndex((one) => !one.startsWith("--")),
  );
  const program = `
    import * as fs from "node:fs"; import * as child from "node:child_process"; import { Worker } from "node:worker_threads";
    const out = {};
    for (const [name, work] of Object.entries({ ${Object.entries(attempts)
      .map(([name, work]) => `${JSON.stringify(name)}: () => ${work}`)
      .join(", ")} })) {
      try { work(); out[name] = "done"; } catch (error) { out[name] = error.code ?? error.name; }
    }
    process.stdout.write(JSON.stringify(out)); process.exit(0);`;
  const output = execFileSync(node, [...options, "--input-type=module", "--eval", program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output) as Record<string, string>;
}

const denied = "ERR_ACCESS_DENIED";

test(
  "the server can read neither keys nor password, nor what others were started with; it starts nothing",
  { skip: !isLinux },
  async () => {
    const { keysFile, folder, stateFolder } = running.product;
    const password = String(running.product.environment["VITRINE_PASSWORD_FILE"]);
    expect([existsSync(keysFile), existsSync(password)]).toEqual([true, true]);
    const read = (file: string): string => `fs.readFileSync(${JSON.stringify(file)})`;
    expect(
      await attempt("server", {
        keys: read(keysFile),
        password: read(password),
        "the reader's environment": read(`/proc/${await pidOf("reader")}/environ`),
        "the supervisor's environment": read(`/proc/${await pidOf("supervisor")}/environ`),
        "a file elsewhere": `fs.writeFileSync(${JSON.stringify(join(folder, "planted"))}, "x")`,
        "a program": `child.execFileSync("/bin/true")`,
        "its own state": read(join(stateFolder, "state.sqlite")),
      }),
    ).toEqual({
      keys: denied,
      password: denied,
      "the reader's environment": denied,
      "the supervisor's environment": denied,
      "a file elsewhere": denied,
      "a program": denied,
      "its own state": "done",
    });
  },
);

test(
  "the reader writes no file, starts no program and no thread, loads no native code, reads nothing of the store",
  { skip: !isLinux },
  async () => {
    const { keysFile, folder, stateFolder } = running.product;
    expect(
      await attempt("reader", {
        "a file": `fs.writeFileSync(${JSON.stringify(join(folder, "planted"))}, "x")`,
        "a program": `child.execFileSync("/bin/true")`,
        "a database file": `new (process.getBuiltinModule("node:sqlite").DatabaseSync)(${JSON.stringify(join(folder, "planted"))})`,
        "a report": `process.report.writeReport(${JSON.stringify(join(folder, "planted"))})`,
        "a picture of its memory": `process.getBuiltinModule("node:v8").writeHeapSnapshot(${JSON.stringify(join(folder, "planted"))})`,
        "a debugger": `process.getBuiltinModule("node:inspector").open(0)`,
        "a thread": `new Worker("1", { eval: true })`,
        "native code": `process.dlopen({ exports: {} }, "/lib/x86_64-linux-gnu/libc.so.6")`,
        "code from a text": `new Function("return 1")()`,
        "the store": `fs.readFileSync(${JSON.stringify(join(stateFolder, "state.sqlite"))})`,
        "its keys": `fs.readFileSync(${JSON.stringify(keysFile)})`,
      }),
    ).toEqual({
      "a file": denied,
      "a program": denied,
      "a database file": "TypeError",
      "a report": denied,
      "a picture of its memory": denied,
      "a debugger": denied,
      "a thread": denied,
      "native code": "ERR_DLOPEN_DISABLED",
      "code from a text": "EvalError",
      "the store": denied,
      "its keys": "done",
    });
  },
);

test("no secret is on a command line or in the server's environment", { skip: !isLinux }, async () => {
  const secrets = [
    readFileSync(running.product.keysFile, "utf8").match(/[0-9a-f]{64}/)?.[0],
    readFileSync(String(running.product.environment["VITRINE_PASSWORD_FILE"]), "utf8").trim(),
  ];
  expect(secrets.every((one) => one !== undefined && one.length > 20)).toBe(true);
  const seen = [
    ...(await Promise.all((["supervisor", "server", "reader"] as const).map(argumentsOf))).flat(),
    readFileSync(`/proc/${await pidOf("server")}/environ`, "utf8"),
  ].join("\n");
  for (const secret of secrets) expect(seen).not.toContain(secret);
  expect(readFileSync(`/proc/${await pidOf("server")}/environ`, "utf8")).not.toMatch(/VITRINE_SOURCE_URL|VITRINE_KEYS|PGPASS/);
});

test("every file of the state folder is its owner's alone", () => {
  const files = readdirSync(running.product.stateFolder, { recursive: true, encoding: "utf8" }).map((name) =>
    join(running.product.stateFolder, name),
  );
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => (statSync(file).mode & 0o077) !== 0)).toEqual([]);
});

test("a backup is written where the person says, and is theirs alone", async () => {
  const file = join(running.product.folder, "copy.sqlite");
  expect((await running.product.command(["backup", file])).code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a killed server's process number that is another's by now keeps nobody out of the store", async () => {
  const lock = join(running.product.stateFolder, "mirror", "gen-1", "mirror.lock");
  writeFileSync(lock, JSON.stringify({ pid: await pidOf("supervisor"), started: "" }));
  await running.product.kill("server");
  expect((await running.untilProven("activations", question)).state).toBe("ready");
});
