/**
 * `npm run lock`, after a change of dependencies: completes package-lock.json. A registry that does not hold the packages of other platforms
 * makes npm leave them out of the lock, and `npm ci` then refuses it. They are named here with version, system and processor, as their
 * parents list them; npm skips those that do not fit the machine.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const file = join(import.meta.dirname, "../package-lock.json");
execFileSync("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], {
  cwd: join(import.meta.dirname, ".."),
  stdio: ["ignore", 2, 2],
});
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Entry> };

let added = 0;
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = missingPath(parent, name, wanted);
    if (path === undefined) continue;
    lock.packages[path] = { version: wanted, ...platformOf(name), ...(entry.dev === true ? { dev: true } : {}), optional: true };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
process.stdout.write(`${added} packages of other platforms added\n`);

/** Where the lock must name the package so that `parent` finds it, as Node looks it up; undefined when it is there. */
function missingPath(parent: string, name: string, wanted: string): string | undefined {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const found = lock.packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`];
    if (found !== undefined) return found.version === wanted || /^[~^]/.test(wanted) ? undefined : `${parent}/node_modules/${name}`;
    if (folder === "" || !folder.includes("node_modules")) return `node_modules/${name}`;
  }
}

/** System, processor and C library out of a name such as `@duckdb/node-bindings-linux-arm64-musl`. */
function platformOf(name: string): Readonly<Record<string, readonly string[]>> {
  const os = /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)\b/.exec(name)?.[1];
  const cpu = /\b(arm64|arm|ia32|x64|ppc64|s390x|riscv64|loong64|mips64el|wasm32)\b/.exec(name)?.[1];
  const libc = /musl/.test(name) ? "musl" : /-gnu/.test(name) ? "glibc" : undefined;
  if (os === undefined && cpu === undefined) return { os: ["none"] };
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(os === undefined ? {} : { os: [os] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  };
}
