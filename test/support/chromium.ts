/**
 * For the tests of the dashboard: builds it, and finds the system's Chromium. Where this account may install Debian's package it is installed;
 * elsewhere the tests are skipped with the command that does it. In CI a missing browser is a failure.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { aptInstall } from "./apt.ts";
import { root } from "./tree.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the browser; empty: there is none. */
    readonly chromium: string;
  }
}

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const command = "apt-get install --no-install-recommends chromium";

export default function setUp(project: TestProject): void {
  execFileSync(process.execPath, [join(root, "scripts/build-web.ts")], { stdio: ["ignore", 2, 2] });
  const found = find() ?? install();
  if (found === undefined) {
    const sentence = `The dashboard's tests need Chromium: \`${command}\`.`;
    if (process.env["CI"] === "true") throw new Error(sentence);
    process.stderr.write(`skipped: ${sentence}\n`);
  }
  project.provide("chromium", found ?? "");
}

function find(): string | undefined {
  return places.find((place) => existsSync(place));
}

function install(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  process.stderr.write(`Installing Debian's Chromium for the tests of the dashboard: ${command}\n`);
  aptInstall(["chromium"]);
  return find();
}
