/** What the guard saw, for a person's terminal. */
import { here } from "../../guard/asset.ts";
import type { Check, Row } from "../../guard/checks/check.ts";
import type { Seen } from "../../guard/ladder.ts";
import { isOpen } from "../../guard/ladder.ts";
import type { Report } from "../../guard/judge.ts";
import type { CommandContext } from "../commands/command.ts";
import { paint } from "../render.ts";

export function checkText(
  { target, service, evidence, seen, rows, untested, remedy }: Check,
  { terminal }: Pick<CommandContext, "terminal">,
): string {
  const colours = paint(terminal.hasColour);
  const colour = isOpen(seen) ? colours.red : seen === "closed" || seen === "auth-required" ? colours.green : colours.amber;
  const lines = rows.map(
    (row) =>
      `  ${placeOf(row).padEnd(34)} ${row.seen.padEnd(19)} ${row.because}${row.notes.map((note) => `\n  ${" ".repeat(34)} ${note}`).join("")}`,
  );
  return [
    `${colour(seen)}  ${target}  (${service}; checked against: ${evidence})`,
    ...lines,
    ...(rows.length === 0
      ? ["  The name has no address."]
      : untested.map((family) => `  ${family}: not tested, the name has no such address.`)),
    ...(remedy === undefined ? [] : [`  do: ${remedy}`]),
    "",
  ].join("\n");
}

function placeOf({ address, channel, calledBy }: Row): string {
  return `${address} ${channel === "tls" ? "TLS" : "plain"}, by ${calledBy}`;
}

export function reportText(
  { asset, vantage, atMs, is, events, checks }: Report,
  seen: Seen,
  { terminal }: Pick<CommandContext, "terminal">,
): string {
  const colours = paint(terminal.hasColour);
  const colour = is === "as-expected" ? colours.green : is === "deviation" ? colours.red : colours.amber;
  const told = events.length === 0 ? "" : `  ${events.map(({ tag }) => tag).join(", ")}`;
  const why = checks.flatMap(({ rows }) => rows.filter((row) => row.seen === seen)).at(0)?.because ?? "";
  const from = vantage === here ? "" : `  from ${vantage}`;
  return `${new Date(atMs).toISOString()}  ${asset.name.padEnd(20)} ${colour(seen.padEnd(19))}${from}${told}  ${why}\n`;
}

export function reportJson({ asset, vantage, atMs, is, events, checks, tookMs }: Report): object {
  return { at: new Date(atMs).toISOString(), asset: asset.name, vantage, is, events, tookMs: Math.round(tookMs), checks };
}
