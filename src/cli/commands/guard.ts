import { systemClock } from "../../lib/clock.ts";
import { VitrineError } from "../../model/error.ts";
import type { Check, Row } from "../../guard/check.ts";
import { check } from "../../guard/check.ts";
import { exitCode, isOpen } from "../../guard/ladder.ts";
import { sarifOf } from "../../guard/sarif.ts";
import { targetOf } from "../../guard/target.ts";
import { versionOfVitrine } from "../config.ts";
import { paint } from "../render.ts";
import type { Command, CommandContext } from "./command.ts";
import { isSet, print } from "./command.ts";

export const guard: Command = {
  name: "guard",
  summary: "see whether a data store can be read without credentials",
  usage: "check URL…",
  takes: 64,
  help: `Asks a store of yours, without a credential, whether it lets anybody in: over plain TCP and TLS, at every address of its name. It needs
no configuration, no database and no running Vitrine. A URL is your word that the store is yours to check; redirects are not followed.

  vitrine guard check elasticsearch://search.example.com:9200/users,events
  vitrine guard check postgres://app@db.example.com/shop redis://cache.example.com

It stops at the gate: whether something can be read, not what. Exit code of several: 2 something is readable or an anonymous caller
is let in, before 3 not known, before 4 kept closed by a safety default alone, before 0 closed or a login is asked for; 1 usage.

With --sarif it prints SARIF 2.1.0 for tools that collect findings; examples/github/guard.yml fails a deployment with it.`,
  options: { sarif: { type: "boolean", help: "print the findings as SARIF 2.1.0" } },
  settings: [],
  async run(context) {
    const [what, ...urls] = context.positionals;
    if (what !== "check" || urls.length === 0)
      throw new VitrineError("cli/usage", { message: "guard takes check and URLs.", remedy: "vitrine guard --help" });
    const isSarif = isSet(context, "sarif");
    const targets = urls.map(targetOf);
    const checks: Check[] = [];
    for (const target of targets) {
      const found = await check(target, systemClock);
      checks.push(found);
      if (!context.json && !isSarif) context.terminal.out(checkText(found, context));
    }
    if (isSarif) context.terminal.out(`${JSON.stringify(sarifOf(checks, versionOfVitrine()), undefined, 2)}\n`);
    else if (context.json) print(context, { checks }, () => "");
    return exitCode(checks.map(({ seen }) => seen));
  },
};

function checkText(
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
