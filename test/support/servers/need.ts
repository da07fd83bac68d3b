/**
 * What a fixture needs on this machine, whether it is there, and how it comes there. Where this account may install Debian's packages
 * they are installed, without their services being started; what cannot be installed is said with the command that would.
 */
import { existsSync } from "node:fs";
import { aptInstall } from "../apt.ts";

export interface Need {
  readonly what: string;
  /** The one command that installs it. */
  readonly command: string;
  isThere(): boolean;
  /** Tries to install it; whether it is there then says isThere. */
  install(): void | Promise<void>;
}

/**
 * In CI what is missing fails: what was not tried has not passed. But for an account that may install nothing, and make no network: of that it is skipped,
 * and the command is said.
 */
export const mustBeThere = process.env["CI"] === "true" && process.getuid?.() === 0;

/** A package of Debian or Ubuntu, known by a file of it. */
export function debian(name: string, isThere: () => boolean): Need {
  const command = `apt-get install -y --no-install-recommends ${name}`;
  return {
    what: name,
    command,
    isThere,
    install() {
      aptInstall([name]);
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
