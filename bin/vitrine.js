#!/usr/bin/env node
// The command `vitrine`. In a clone it runs the source on the pinned Node, in an installed package what was built. Plain
// JavaScript for old versions of Node as well, so that they get a sentence and not a syntax error.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const nodeMajorMin = 26;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "src", "cli", "main.ts");
const built = join(root, "dist", "src", "cli", "main.js");
const isClone = existsSync(source);
const isNewEnough = Number(process.versions.node.split(".")[0]) >= nodeMajorMin;

if (process.platform === "win32") end("Vitrine runs on Linux and macOS; on Windows, run it inside WSL.");
else if (isNewEnough) await import(pathToFileURL(isClone ? source : built).href);
else if (isClone) runPinned();
else
  end(
    `Vitrine needs Node ${nodeMajorMin} or later; this is ${process.versions.node}. \`npm install node@${nodeMajorMin}\` beside it is enough.`,
  );

function runPinned() {
  const node = join(root, "node_modules", "node", "bin", "node");
  if (!existsSync(node)) return end("The packages of this clone are not installed: run `npm ci`.");
  const child = spawn(node, [source, ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends Ctrl-C to every process of its group; passed on as well, it would count twice.
  const fromTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGINT", () => fromTerminal || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => fromTerminal || child.kill("SIGHUP"));
  child.on("exit", (code, signal) => process.exit(code === null ? 128 + constants.signals[signal] : code));
}

function end(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
