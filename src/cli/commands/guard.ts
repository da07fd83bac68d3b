/** vitrine guard: whether data stores can be read without credentials: now, or all the time. */
import { systemClock } from "../../lib/clock.ts";
import type { Check } from "../../guard/check.ts";
import { check } from "../../guard/check.ts";
import { exitCode } from "../../guard/ladder.ts";
import { sarifOf } from "../../guard/sarif.ts";
import { targetOf } from "../../guard/target.ts";
import { VitrineError } from "../../model/error.ts";
import { versionOfVitrine } from "../config.ts";
import { listAssets, showHistory } from "../guard/listing.ts";
import { checkText } from "../guard/texts.ts";
import { watchAssets } from "../guard/watching.ts";
import type { Command, CommandContext } from "./command.ts";
import { isSet, print } from "./command.ts";

export const guard: Command = {
  name: "guard",
  summary: "see whether a data store can be read without credentials, now or all the time",
  usage: "check URL… | watch | list | history",
  takes: 64,
  help: `Asks a store of yours, without a credential, whether it lets anybody in: over plain TCP and TLS, at every address of its name. check needs
no configuration, no database and no running Vitrine. A URL is your word that the store is yours to check; redirects are not followed.

  vitrine guard check elasticsearch://search.example.com:9200/users,events
  vitrine guard check postgres://app@db.example.com/shop redis://cache.example.com

It stops at the gate: whether something can be read, not what. Exit code of several: 2 something is readable or an anonymous caller
is let in, before 3 not known, before 4 kept closed by a safety default alone, before 0 closed or a login is asked for; 1 usage.
With --sarif it prints SARIF 2.1.0 for tools that collect findings; examples/github/guard.yml fails a deployment with it.

  vitrine guard watch       checks the \`assets:\` of the file all the time; an opening is confirmed by a second connection, and alarms
  vitrine guard list        assets, and what was seen of each the last time
  vitrine guard history     what was seen and told, from the ledger

watch sends its alarms to a signed webhook and to PagerDuty, as these are set up, until they are delivered; a restart goes on with them.
Ctrl-C ends it.`,
  options: {
    sarif: { type: "boolean", help: "check: print the findings as SARIF 2.1.0" },
    limit: { type: "string", value: "N", help: "history: the newest N entries (default 50)" },
  },
  refusesWith: "guard/usage",
  settings: ["config", "state", "webhook", "webhookSecret", "pagerDuty", "pagerDutyKey", "heartbeat"],
  async run(context) {
    const [what, ...urls] = context.positionals;
    if (what === "check" && urls.length > 0) return checkUrls(context, urls);
    if (what === "watch" && urls.length === 0) return watchAssets(context);
    if (what === "list" && urls.length === 0) return listAssets(context);
    if (what === "history" && urls.length === 0) return showHistory(context);
    throw new VitrineError("guard/usage", { message: "guard takes check and URLs, watch, list or history." });
  },
};

async function checkUrls(context: CommandContext, urls: readonly string[]): Promise<number> {
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
}
