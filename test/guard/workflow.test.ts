/** The example for GitHub is read as GitHub reads it, and its step is run by a shell against made-up outcomes of the guard. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../support/tree.ts";

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: { readonly guard: { readonly steps: readonly { readonly id?: string; readonly run?: string }[] } };
}

const workflow = parse(readFileSync(join(root, "examples/github/guard.yml"), "utf8")) as Workflow;
const step = workflow.jobs.guard.steps.find(({ id }) => id === "guard")?.run ?? "";

/** How the step ends when the guard ends with `code`, and what it called it with. */
function runStep(
  code: number,
  environment: Readonly<Record<string, string>>,
): { readonly status: number | null; readonly called: string; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-workflow-"));
  try {
    const bin = join(folder, "vitrine/node_modules/.bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "vitrine"), `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/called"\necho '{}'\nexit ${code}\n`);
    chmodSync(join(bin, "vitrine"), 0o755);
    const outputFile = join(folder, "output");
    writeFileSync(outputFile, "");
    writeFileSync(join(folder, "called"), "");
    // As GitHub starts it: bash -e.
    const { status } = spawnSync("bash", ["-e", "-c", step], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", RUNNER_TEMP: folder, GITHUB_OUTPUT: outputFile, ...environment },
      stdio: "ignore",
    });
    return { status, called: readFileSync(join(folder, "called"), "utf8"), output: readFileSync(outputFile, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const stores = { STORES: "redis://a.example.org postgres://app@b.example.org/shop" };

test.each([0, 1, 2, 3, 4])("the guard's exit code %i is the step's", (code) => {
  const { status, called, output } = runStep(code, stores);
  expect(status).toBe(code);
  expect(output).toBe(`code=${code}\n`);
  expect(called.trim().split("\n")).toEqual(["guard", "check", "--sarif", "redis://a.example.org", "postgres://app@b.example.org/shop"]);
});

test("what is not known passes where that was said, what is open never does", () => {
  expect(runStep(3, { ...stores, ALLOW_UNKNOWN: "1" }).status).toBe(0);
  expect(runStep(2, { ...stores, ALLOW_UNKNOWN: "1" }).status).toBe(2);
  expect(runStep(4, { ...stores, ALLOW_UNKNOWN: "1" }).status).toBe(4);
});

test("no store named is a failure, and a name is no command", () => {
  expect(runStep(0, { STORES: "" })).toMatchObject({ status: 1, called: "" });
  expect(runStep(0, { STORES: "redis://$(touch;x) *" }).called.trim().split("\n").slice(3)).toEqual(["redis://$(touch;x)", "*"]);
});

test("it may write findings and nothing else", () => {
  expect(workflow.permissions).toEqual({ contents: "read", "security-events": "write" });
});
