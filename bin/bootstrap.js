// What the machine's own Node runs for `npm start` and `npm test`: installs what is missing, then goes on with the pinned Node.
// Plain JavaScript for Node 20 and later; everything else is TypeScript for the pinned version.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, "node_modules", "node", "bin", "node");
const targets = {
  start: ["src/cli/main.ts", "demo"],
  // Its own step, since `start` is a line for sh: what cannot run at all is said before.
  prestart: [],
  test: ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", "--project", "slow", "--project", "pg", "--project", "web"],
};

const [name = "", ...rest] = process.argv.slice(2);
const target = targets[name];
if (target === undefined) end(`bootstrap: one of ${Object.keys(targets).join(", ")}`);
if (process.platform === "win32") end("Vitrine runs on Linux and macOS; on Windows, run it inside WSL.");
if (Number(process.versions.node.split(".")[0]) < 20) end(`Vitrine needs Node 20 or later to start; this is ${process.versions.node}.`);
if (name === "prestart") process.exit(0);

// What runs now, if anything; and the signal that was sent to us.
let running;
let heard;
// A terminal sends Ctrl-C to every process of its group, and npm passes it on to us once more; the child shall hear it once.
const fromTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => hear(signal));
// npm that is killed or loses its terminal tells nobody.
const parent = process.ppid;
if (process.env.npm_lifecycle_event === name) setInterval(() => process.ppid === parent || heard || hear("SIGTERM"), 500).unref();

if (!isInstalled()) {
  process.stderr.write("Installing the packages that package-lock.json names (once).\n");
  await npm("ci");
  // npm skips install scripts when it is told to; without its own, the package `node` has no program.
  if (!existsSync(pinnedNode)) await npm("rebuild", "node");
  if (!isInstalled()) end("The packages are not complete. Run `npm ci` and read what it says.");
}
const env = { ...process.env, PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter) };
// The dashboard is built, not committed; that takes a second, and nothing where it is built already.
const builder = join(root, "scripts", "build-web.ts");
if (existsSync(builder)) {
  const code = await run(pinnedNode, [builder], { cwd: root, env, stdio: ["ignore", 2, 2] });
  if (heard !== undefined) process.exit(128 + constants.signals[heard]);
  if (code !== 0) end("The dashboard could not be built; what was said stands above.");
}
process.exit(await run(pinnedNode, [join(root, target[0]), ...target.slice(1), ...rest], { cwd: process.cwd(), env, stdio: "inherit" }));

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

async function npm(...args) {
  const own = process.env.npm_execpath;
  const [program, ...before] = own !== undefined && basename(own) === "npm-cli.js" ? [process.execPath, own] : ["npm"];
  const code = await run(program, [...before, ...args, "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (heard !== undefined) process.exit(128 + constants.signals[heard]);
  if (code !== 0) end(`\`npm ${args.join(" ")}\` failed; what it said stands above.`);
}

/** Exit code of a program; 128 and more: it ended by a signal. */
function run(program, args, options) {
  running = spawn(program, args, options);
  return new Promise((resolve) => {
    running.on("error", () => resolve(127));
    running.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

function hear(signal) {
  heard = signal;
  if (signal === "SIGTERM" || !fromTerminal) running?.kill(signal);
}

function end(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
