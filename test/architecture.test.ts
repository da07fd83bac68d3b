import { describe, expect, test } from "vitest";
import { problems } from "./support/architecture.ts";
import { readTree } from "./support/tree.ts";
import type { TextFile } from "./support/tree.ts";

const tree = readTree("{src,test,bench,examples,scripts}/**/*.{ts,tsx}");

test("every import is in the table, and each process reaches only what it may", () => {
  expect(problems(tree)).toEqual([]);
});

/** A small tree that keeps the rules; each planted fault breaks one of them. */
const clean: readonly TextFile[] = [
  { path: "src/cli/reader.ts", text: 'import "../source/session.ts"; import "../policy/keys.ts";' },
  { path: "src/cli/server.ts", text: 'import "../mirror/mirror.ts"; import "../policy/declaration.ts";' },
  { path: "src/cli/http-worker.ts", text: 'import "../api/routes.ts";' },
  { path: "src/cli/guard-process.ts", text: 'import "../guard/watch.ts";' },
  { path: "src/cli/look-process.ts", text: "" },
  { path: "src/guard/watch.ts", text: "" },
  { path: "src/source/session.ts", text: 'import pg from "pg";' },
  { path: "src/source/url.ts", text: "" },
  { path: "src/policy/keys.ts", text: "" },
  { path: "src/policy/safe.ts", text: 'import "../model/lsn.ts";' },
  { path: "src/policy/declaration.ts", text: "" },
  { path: "src/mirror/mirror.ts", text: 'import "./duckdb/store.ts"; import type { A } from "../policy/safe.ts";' },
  { path: "src/mirror/duckdb/store.ts", text: 'import duckdb from "@duckdb/node-api";' },
  { path: "src/api/routes.ts", text: 'import fastify from "fastify"; import "../model/lsn.ts";' },
  { path: "src/model/lsn.ts", text: "" },
];

function plant(path: string, text: string): readonly string[] {
  return problems([...clean.filter((file) => file.path !== path), { path, text }]);
}

describe("planted faults", () => {
  test("the tree without them is clean", () => expect(problems(clean)).toEqual([]));

  test.for([
    ["the store names a raw row", "src/mirror/apply.ts", 'import type { RawRows } from "../source/raw.ts";', "src/mirror may import"],
    ["the store names more of policy than what is safe", "src/mirror/apply.ts", 'import "../policy/keys.ts";', "src/mirror may import"],
    ["the page takes code of the server", "src/web/main.tsx", 'import { routes } from "../api/contract.ts";', "Write `import type`"],
    ["the page knows more than the contract", "src/web/main.tsx", 'import type { A } from "../api/server.ts";', "src/web may import"],
    ["lib knows a noun", "src/lib/log.ts", 'import "../model/lsn.ts";', "src/lib may import nothing"],
    ["a stage imports one above it, dynamically", "src/mirror/apply.ts", 'await import("../api/routes.ts");', "src/mirror may import"],
    ["a reach into a private subfolder", "src/metrics/plan.ts", 'import "../mirror/duckdb/store.ts";', "subfolders are private"],
    ["a reach into a checker", "src/cli/server.ts", 'import "../guard/services/redis/redis.ts";', "subfolders are private"],
    ["a re-export across stages", "src/mirror/types.ts", 'export type { A } from "../policy/safe.ts";', "no re-export across stages"],
    ["a barrel", "src/mirror/index.ts", 'export { a } from "./mirror.ts";', "no barrels"],
    ["a dynamic import that cannot be followed", "src/cli/main.ts", "await import(process.argv[2]);", "cannot be followed"],
    [
      "safe.ts brings the source with it",
      "src/policy/safe.ts",
      'import type { RawRows } from "../source/raw.ts";',
      "the server reads this file",
    ],
    ["a folder that nobody declared", "src/utils/x.ts", 'import "../lib/assert.ts";', "not in the import table"],
    ["a file that does not parse", "src/lib/x.ts", "const = ;", "does not parse"],
    [
      "the reader reaches the store",
      "src/source/session.ts",
      'import "../mirror/mirror.ts";',
      "src/cli/reader.ts → src/source/session.ts → src/mirror/mirror.ts",
    ],
    [
      "the reader reaches node:sqlite",
      "src/source/session.ts",
      'import { DatabaseSync } from "node:sqlite";',
      "in spite of Node's permission model",
    ],
    ["the reader has an HTTP server", "src/source/session.ts", 'import { createServer } from "node:http";', "no listener"],
    ["the reader starts a process", "src/policy/keys.ts", 'import { spawn } from "node:child_process";', "starts nothing"],
    [
      "the server reaches the source",
      "src/policy/declaration.ts",
      'import "../source/url.ts";',
      "src/cli/server.ts → src/policy/declaration.ts → src/source/url.ts",
    ],
    [
      "the server reaches the keys",
      "src/cli/server.ts",
      'import "../policy/keys.ts"; import "../mirror/mirror.ts";',
      "the server has no keys",
    ],
    ["the server speaks to PostgreSQL", "src/mirror/mirror.ts", 'import pg from "pg";', "no way to the source"],
    ["the watch reaches the store", "src/guard/watch.ts", 'import "../mirror/mirror.ts";', "neither the source nor the store"],
    ["the HTTP thread opens DuckDB", "src/api/routes.ts", 'import "../mirror/mirror.ts";', "lose rows without an error"],
    ["a second file imports DuckDB", "src/mirror/duckdb/other.ts", 'import duckdb from "@duckdb/node-api";', "exactly one file"],
    ["DuckDB outside of the mirror", "src/metrics/plan.ts", 'import duckdb from "@duckdb/node-bindings";', "only the mirror opens"],
  ] as const)("%s", ([, path, text, sentence]) => {
    expect(plant(path, text).join("\n")).toContain(sentence);
  });

  test("a process's root that is missing", () => {
    expect(problems(clean.filter((file) => file.path !== "src/cli/reader.ts")).join("\n")).toContain("root is missing");
  });

  test("no files, or files without imports, are no proof", () => {
    expect(() => problems([])).toThrow("proves nothing");
    expect(() => problems([{ path: "src/lib/a.ts", text: "" }])).toThrow("proves nothing");
  });
});
