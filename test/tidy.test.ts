import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../src/cli/commands/all.ts";
import { errorCodes } from "../src/model/error-codes.ts";
import { errorReference } from "./support/error-reference.ts";
import { bannedWords, deadCommands, deadLinks, deadScripts, longFiles, unusedCodes, untestedInvariants } from "./support/tidy.ts";
import { readTree, root } from "./support/tree.ts";

const sources = readTree("{src,test,bench,examples,scripts}/**/*.ts", "bin/*.js");
const documents = readTree("*.md", "docs/**/*.md", "examples/**/*.md");
const others = readTree("examples/**/*.yaml", "deploy/*", "*.json", "*.ts", ".ci/*");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

test("there is something to look at", () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(documents.length).toBeGreaterThan(4);
});

test("no banned words", () => expect(bannedWords([...sources, ...documents, ...others])).toEqual([]));

test("no file is long without a reason", () => expect(longFiles(sources)).toEqual([]));

test("no dead links, no scripts that are not there", () => {
  expect([...deadLinks(documents), ...deadScripts(documents, Object.keys(manifest.scripts))]).toEqual([]);
});

test("the documents show commands that exist", () => {
  expect(
    deadCommands(
      documents,
      commands.map((command) => command.name),
    ),
  ).toEqual([]);
});

test("docs/errors.md is what the catalogue says (npm run docs)", () => {
  expect(readFileSync(join(root, "docs/errors.md"), "utf8")).toBe(errorReference(errorCodes));
});

test("every code of the catalogue is used", () => {
  const users = sources.filter(
    (file) => file.path.startsWith("src/") && file.path !== "src/model/error-codes.ts" && !file.path.endsWith(".test.ts"),
  );
  expect(unusedCodes(Object.keys(errorCodes), users)).toEqual([]);
});

test("each invariant that is built has a test of its name", () => {
  expect(
    untestedInvariants(
      [1, 2, 3, 4, 5, 6, 7, 13],
      sources.filter((file) => file.path.endsWith(".test.ts")),
    ),
  ).toEqual([]);
});

test("tests run on the pinned Node, not on the machine's", () => {
  expect(process.versions.node).toBe(manifest.devDependencies["node"]);
});

describe("planted faults", () => {
  test.for([
    ["src/mirror/a.ts", "const now = Date.now();", "take a clock"],
    ["src/policy/a.ts", 'const x = process.env["X"];', "src/cli reads the environment"],
    ["src/mirror/a.ts", "const x = Math.random();", "take randomness"],
    ["src/cli/a.ts", "// TODO later", "do it"],
    ["src/mirror/a.ts", 'createRequire(import.meta.url)("pg")', "architecture test sees it"],
    ["src/api/a.ts", 'new Function("x")', "write the code down"],
    ["src/source/a.ts", "throw new Error(text, { cause: error })", "keep a foreign error's code"],
    ["README.md", "see /home/anna/vitrine", "no path of one machine"],
    ["package.json", "https://registry.example.org/x", "name no registry"],
    ["docs/a.md", "the whitelist", "allow list"],
  ] as const)("%s: %s", ([path, text, sentence]) => {
    expect(bannedWords([{ path, text }]).join("\n")).toContain(sentence);
  });

  test("tests and the clock may read the time", () => {
    expect(
      bannedWords([
        { path: "src/lib/clock.ts", text: "Date.now()" },
        { path: "src/mirror/a.test.ts", text: "Date.now()" },
      ]),
    ).toEqual([]);
  });

  test("a long file, and one with a reason", () => {
    const text = "\n".repeat(401);
    expect(longFiles([{ path: "src/a.ts", text }])).toHaveLength(1);
    expect(longFiles([{ path: "src/a.ts", text: `/* oxlint-disable max-lines -- one table */${text}` }])).toEqual([]);
  });

  test("dead links and scripts", () => {
    expect(
      deadLinks([{ path: "docs/a.md", text: "[x](b.md) [y](../README.md#x) [z](https://example.org)" }], (path) => path === "README.md"),
    ).toEqual(["docs/a.md: the link to b.md is dead."]);
    expect(deadScripts([{ path: "README.md", text: "`npm run nothing`" }], ["check"])).toHaveLength(1);
  });

  test("a command that is not there", () => {
    expect(deadCommands([{ path: "README.md", text: "run `npx vitrine nothing` or `vitrine query x`" }], ["query"])).toEqual([
      "README.md: there is no command vitrine nothing.",
    ]);
  });

  test("a code that nothing uses, an invariant without a test", () => {
    expect(unusedCodes(["cli/a", "cli/b"], [{ path: "src/cli/a.ts", text: '"cli/a"' }])).toEqual([
      "cli/b: in the catalogue, but nothing uses it.",
    ]);
    expect(untestedInvariants([1, 13], [{ path: "a.test.ts", text: 'test("invariant 1: …")' }])).toEqual([
      'no test is named "invariant 13: …".',
    ]);
  });
});
