/** The command line: finds the command, reads its options, runs it, and turns a failure into text and an exit code. */
import { parseArgs } from "node:util";
import type { ParseArgsOptionsConfig } from "node:util";
import { createLog } from "../lib/log.ts";
import { nearestWord } from "../lib/nearest.ts";
import { VitrineError } from "../model/error.ts";
import { parseDeclaration } from "../policy/declaration.ts";
import { readFileSync } from "node:fs";
import { commands } from "./commands/all.ts";
import type { Command, CommandContext, OptionHelp, Terminal } from "./commands/command.ts";
import { readConfig, versionOfVitrine } from "./config.ts";
import { failureExit, failureText, guardProcess, plainError } from "./failure.ts";
import { paint } from "./render.ts";
import type { Setting } from "./settings.ts";
import { settings } from "./settings.ts";

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  isTerminal: process.stdout.isTTY,
  hasColour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb",
  get columns() {
    return process.stdout.columns || 80;
  },
  get rows() {
    return process.stdout.rows || 24;
  },
};

/** Options that every command knows: the settings, and these two. */
const common: Readonly<Record<string, OptionHelp>> = {
  json: { type: "boolean", help: "print JSON" },
  help: { type: "boolean", short: "h", help: "this text" },
};

/** Flags of settings with their help; of some of them where only those matter. */
function settingHelp(names: readonly string[] | undefined): Readonly<Record<string, OptionHelp>> {
  const flags = Object.entries<Setting>(settings)
    .filter(([name]) => names === undefined || names.includes(name))
    .map(([, setting]) => setting.flag);
  return Object.fromEntries(Object.entries(settingOptions).filter(([flag]) => flags.includes(flag)));
}

const settingOptions: Readonly<Record<string, OptionHelp>> = Object.fromEntries(
  Object.values<Setting>(settings).flatMap((setting) =>
    setting.flag === undefined ? [] : [[setting.flag, { type: "string", value: "VALUE", help: setting.help } satisfies OptionHelp]],
  ),
);

function optionsOf(command: Command): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries({ ...settingOptions, ...command.options, ...common }).map(([name, { type, multiple, short }]) => [
      name,
      { type, multiple: multiple === true, ...(short === undefined ? {} : { short }) },
    ]),
  );
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: optionsOf(command), allowPositionals: true, strict: true });
  } catch (error) {
    // Node's text repeats what was typed, which may hold a password in the wrong place: only its code is used.
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const message =
      code === "ERR_PARSE_ARGS_UNKNOWN_OPTION"
        ? "The command line has an option that this command does not know."
        : "An option lacks its value, or has one that it does not take.";
    throw new VitrineError(command.refusesWith ?? "cli/usage", { message, remedy: `vitrine ${command.name} --help`, origin: { code } });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") return overview(rest[0]);
  if (name === "--version") {
    terminal.out(`${versionOfVitrine()}\n`);
    return 0;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    const names = commands.map((one) => one.name);
    const near = nearestWord(name, names);
    throw new VitrineError("cli/usage", {
      message: `There is no such command.${near === undefined ? "" : ` Did you mean ${near}?`}`,
      remedy: `vitrine --help; there is: ${names.join(", ")}`,
    });
  }
  const { values, positionals } = parse(command, rest);
  if (values["help"] === true) {
    terminal.out(helpOf(command));
    return 0;
  }
  if (positionals.length > (command.takes ?? 0))
    throw new VitrineError(command.refusesWith ?? "cli/usage", {
      message: "The command line has more words than this command takes.",
      remedy: `vitrine ${command.name} --help`,
    });
  return command.run(contextOf(values as CommandContext["values"], positionals)); // eslint-disable-line -- parseArgs yields what its options say
}

function contextOf(values: CommandContext["values"], positionals: readonly string[]): CommandContext {
  const flags = Object.fromEntries(
    Object.keys(settingOptions).map((name) => [name, typeof values[name] === "string" ? values[name] : undefined]),
  );
  const workingFolder = process.cwd();
  return {
    values,
    positionals,
    environment: process.env,
    workingFolder,
    json: values["json"] === true,
    terminal,
    config: (options) => readConfig({ flags, environment: process.env, workingFolder, ...options, sourceUrlInFile }),
    log: createLog({
      write: (line) => process.stderr.write(line),
      format: process.stderr.isTTY ? "text" : "json",
      process: "supervisor",
      nowMs: Date.now,
    }),
  };
}

/** What the file says of the source, where the file is right; what is wrong with it is said by whoever needs it. */
function sourceUrlInFile(file: string): string | undefined {
  try {
    return parseDeclaration(readFileSync(file, "utf8"), file).source.url;
  } catch {
    return undefined;
  }
}

function overview(name: string | undefined): number {
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) {
    terminal.out(helpOf(command));
    return 0;
  }
  const colours = paint(terminal.hasColour);
  const width = Math.max(...commands.map((one) => one.name.length));
  terminal.out(`${colours.bold("vitrine")}: business metrics over a production database, from a copy without identifiers, secrets or contents.

${commands.map((one) => `  ${one.name.padEnd(width)}  ${one.summary}`).join("\n")}

A first start with a database of your own:

  vitrine keys                        make the token keys
  VITRINE_ADMIN_URL=… vitrine plan    see what would be set up
  VITRINE_ADMIN_URL=… vitrine apply   set it up
  VITRINE_SOURCE_URL=postgres://vitrine_reader@HOST/DATABASE vitrine run

vitrine COMMAND --help teaches one command; every command knows --json.
`);
  return 0;
}

function helpOf(command: Command): string {
  const lines = (options: Readonly<Record<string, OptionHelp>>): string => {
    const rows = Object.entries(options).map(
      ([flag, option]) => [`--${flag}${option.type === "string" ? ` ${option.value ?? "VALUE"}` : ""}`, option.help] as const,
    );
    const width = Math.max(0, ...rows.map(([flag]) => flag.length));
    return rows.map(([flag, words]) => `  ${flag.padEnd(width)}  ${words}`).join("\n");
  };
  const own = Object.keys(command.options).length === 0 ? "" : `\nOptions:\n${lines(command.options)}\n`;
  return `vitrine ${command.name}${command.usage === "" ? "" : ` ${command.usage}`}\n\n${command.help}\n${own}\nSettings (also from the environment, see \`vitrine config\`):\n${lines({ ...settingHelp(command.settings), ...common })}\n`;
}

function fail(error: unknown): number {
  const plain = plainError(error);
  terminal.error(process.argv.includes("--json") ? `${JSON.stringify({ error: plain })}\n` : failureText(plain));
  return failureExit(plain);
}

guardProcess({ onFailure: (error) => terminal.error(failureText(error)), exit: (code) => process.exit(code) });
// A reader of our output that went away (`| head`) is no failure; a disk that is full is one. After a terminal has gone (EIO) comes HUP,
// which stops in order.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EIO") process.exit(error.code === "EPIPE" ? 0 : fail(error));
});
process.stderr.on("error", () => undefined);
process.exitCode = await main(process.argv.slice(2)).catch(fail);
