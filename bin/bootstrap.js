// What the machine's own Node runs for `npm start` and `npm test`: installs what is missing, then goes on with the pinned Node.
// Plain JavaScript for Node 20 and later; everything else is TypeScript for the pinned version.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, "node_modules", "node", "bin", "node");
const targets = {
  start: ["src/cli/main.ts", "demo"],
  test: ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", "--project", "pg"],
};

const [name = "", ...rest] = process.argv.slice(2);
const target = targets[name];
if (target === undefined) end(`bootstrap: one of ${Object.keys(targets).join(", ")}`);
if (process.platform === "win32") end("Vitrine runs on Linux and macOS; on Windows, run it inside WSL.");
if (Number(process.versions.node.split(".")[0]) < 20) end(`Vitrine needs Node 20 or later to start; this is ${process.versions.node}.`);

if (!isInstalled()) {
  process.stderr.write("Installing the packages that package-lock.json names (once).\n");
  npm("ci");
  // npm skips install scripts when it is told to; without its own, the package `node` has no program.
  if (!existsSync(pinnedNode)) npm("rebuild", "node");
  if (!isInstalled()) end("The packages are not complete. Run `npm ci` and read what it says.");
}
run([join(root, target[0]), ...target.slice(1), ...rest]);

/** Every package that package.json pins is there in that version, and the pinned Node has its program. */
function isInstalled() {
  const { dependencies, devDependencies } = manifest(root);
  const pins = Object.entries({ ...dependencies, ...devDependencies });
  return (
    existsSync(pinnedNode) && pins.every(([dependency, version]) => manifest(join(root, "node_modules", dependency)).version === version)
  );
}

function manifest(folder) {
  const file = join(folder, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

function npm(...args) {
  const own = process.env.npm_execpath;
  const [program, ...before] = own !== undefined && basename(own) === "npm-cli.js" ? [process.execPath, own] : ["npm"];
  const { status } = spawnSync(program, [...before, ...args, "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) end(`\`npm ${args.join(" ")}\` failed; what it said stands above.`);
}

function run(args) {
  const env = { ...process.env, PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter) };
  const child = spawn(pinnedNode, args, { cwd: process.cwd(), env, stdio: "inherit" });
  // A terminal sends Ctrl-C to every process of its group, and npm passes it on to us once more; the child shall hear it once.
  const fromTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGINT", () => fromTerminal || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => fromTerminal || child.kill("SIGHUP"));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function end(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
