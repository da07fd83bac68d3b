/** What a command is: its words, its options, and what it does. The table of all is in all.ts. */
import type { ErrorCode } from "../../model/error-codes.ts";
import type { Config } from "../config.ts";
import type { Log } from "../../lib/log.ts";
import type { SettingName } from "../settings.ts";

export interface OptionHelp {
  readonly type: "string" | "boolean";
  readonly help: string;
  /** Shown after the flag: `N`, `FILE`. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly short?: string;
}

export interface CommandContext {
  readonly config: (options?: { readonly needsFile?: boolean }) => Config;
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly log: Log;
}

/** Where output goes and what it can show. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly isTerminal: boolean;
  readonly hasColour: boolean;
  readonly columns: number;
  readonly rows: number;
}

export interface Command {
  readonly name: string;
  /** One line for `vitrine --help`. */
  readonly summary: string;
  /** Positional arguments as shown, e.g. `METRIC`. */
  readonly usage: string;
  /** How many of them it takes at most; absent: none. */
  readonly takes?: number;
  /** What it does, why one wants it, examples. */
  readonly help: string;
  readonly options: Readonly<Record<string, OptionHelp>>;
  /** Settings that its help shows, by name; absent: all. The others are taken and do nothing here. */
  readonly settings?: readonly SettingName[];
  /** What a command line is refused with that it does not know; where 2, the usual exit code of that, says something else. */
  readonly refusesWith?: ErrorCode;
  /** Returns the exit code. */
  readonly run: (context: CommandContext) => Promise<number>;
}

export function text(context: CommandContext, name: string): string | undefined {
  const value = context.values[name];
  return typeof value === "string" ? value : undefined;
}

export function texts(context: CommandContext, name: string): readonly string[] {
  const value = context.values[name];
  return typeof value === "object" ? value : [];
}

export function isSet(context: CommandContext, name: string): boolean {
  return context.values[name] === true;
}

/** Prints a value as JSON, or as a person's text. */
export function print(context: CommandContext, value: unknown, forPerson: () => string): void {
  context.terminal.out(context.json ? `${JSON.stringify(value)}\n` : forPerson());
}
