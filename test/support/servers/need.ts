/**
 * What a fixture needs on this machine, whether it is there, and how it comes there. Where this account may install Debian's packages
 * they are installed, without their services being started; what cannot be installed is said with the command that would.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

export interface Need {
  readonly what: string;
  /** The one command that installs it. */
  readonly command: string;
  isThere(): boolean;
  /** Tries to install it; whether it is there then says isThere. */
  install(): void | Promise<void>;
}

const installLimitMs = 600_000;

/** A package of Debian or Ubuntu, known by a file of it. */
export function debian(name: string, isThere: () => boolean): Need {
  const command = `apt-get install -y --no-install-recommends ${name}`;
  return {
    what: name,
    command,
    isThere,
    install() {
      if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
      using _noServices = noServices();
      apt(["update", "-qq"]);
      apt(command.split(" ").slice(1));
    },
  };
}

export function program(path: string): () => boolean {
  return () => existsSync(path);
}

/** What only the machine's owner can give: a right, a newer Java. */
export function given(what: string, command: string, isThere: () => boolean): Need {
  return { what, command, isThere, install: () => undefined };
}

function apt(args: readonly string[]): void {
  spawnSync("apt-get", args, {
    stdio: "ignore",
    timeout: installLimitMs,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

/** A package's service is not started at its installation: Debian's invoke-rc.d asks this file. */
function noServices(): Disposable {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return { [Symbol.dispose]: () => undefined };
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return { [Symbol.dispose]: () => rmSync(policy, { force: true }) };
}
