/**
 * The log: one event a line on stderr, JSON for machines, text on a terminal. Numbers and booleans may be logged under any name; a
 * text only under a name of the list below, which are all names of things (a table, a code, a state). So a value of a row has no
 * field to be in. A text under another name is left out, and its name is logged so that the mistake is seen.
 */
export type LogLevel = "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

/** Texts that name things. Add a name only if no value of a row, no URL with a password and no driver's text can be in it. */
const nameFields = new Set(
  `address asset code column command file folder from kind lsn message metric mode origin phase place process publication
  reason remedy role schema signal slot socket state table to vantage verdict version`.split(/\s+/),
);

const textLengthMax = 500;

export function createLog(options: {
  readonly write: (line: string) => void;
  readonly format: "json" | "text";
  /** Which process speaks: supervisor, server, reader. */
  readonly process: string;
  readonly nowMs: () => number;
}): Log {
  return (level, event, fields = {}) => {
    const at = new Date(options.nowMs()).toISOString();
    const kept = keep(fields);
    const line =
      options.format === "json"
        ? JSON.stringify({ at, level, process: options.process, event, ...kept })
        : textLine({ at, level, process: options.process, event, kept });
    options.write(`${line}\n`);
  };
}

function keep(fields: LogFields): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  const refused: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value !== "string") kept[name] = value;
    else if (nameFields.has(name)) kept[name] = oneLine(value);
    else refused.push(name);
  }
  if (refused.length > 0) kept["fieldsRefused"] = refused.join(",");
  return kept;
}

/** No text can begin a line of its own or move the terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").slice(0, textLengthMax);
}

function textLine(line: {
  readonly at: string;
  readonly level: LogLevel;
  readonly process: string;
  readonly event: string;
  readonly kept: Record<string, string | number | boolean>;
}): string {
  const { message, ...rest } = line.kept;
  const details = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  const mark = line.level === "info" ? "" : `${line.level}: `;
  return [
    `${line.at.slice(11, 19)} ${line.process}`,
    `${mark}${line.event}`,
    ...(message === undefined ? [] : [String(message)]),
    ...details,
  ].join("  ");
}
