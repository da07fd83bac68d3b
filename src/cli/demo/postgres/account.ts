/** Which account PostgreSQL runs as. It refuses root, so as root the server runs as another, unprivileged one. */
import { execFileSync, spawnSync } from "node:child_process";
import { VitrineError } from "../../../model/error.ts";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** undefined: as ourselves. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const account = lookUp("postgres") ?? lookUp("nobody");
  if (account !== undefined && account.uid !== 0) return account;
  throw new VitrineError("cli/postgres-no-account", {
    message: "PostgreSQL refuses to run as root, and there is no account postgres or nobody.",
  });
}

function lookUp(name: string): Account | undefined {
  try {
    return { uid: Number(id("-u", name)), gid: Number(id("-g", name)) };
  } catch {
    return undefined; // `id` ends with 1 where the account does not exist
  }
}

function id(flag: string, name: string): string {
  return execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** Whether the account can enter a folder: every folder above it must be open to it, too. */
export function canEnter(folder: string, account: Account | undefined): boolean {
  const result = spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], { cwd: "/", stdio: "ignore", ...account });
  return result.status === 0;
}
