/** vitrine guard: whether data stores can be read without credentials: now, or all the time. */
import { systemClock } from "../../lib/clock.ts";
import type { Check } from "../../guard/checks/check.ts";
import { check } from "../../guard/checks/check.ts";
import { exitCode } from "../../guard/ladder.ts";
import { sarifOf } from "../../guard/checks/sarif.ts";
import { targetOf } from "../../guard/target.ts";
import { VitrineError } from "../../model/error.ts";
import { versionOfVitrine } from "../config.ts";
import { addIdentities } from "../guard/identity/adding.ts";
import { acknowledge, listAlarms } from "../guard/alarms/alarms.ts";
import { listAssets, showHistory } from "../guard/listing.ts";
import { checkText } from "../guard/texts.ts";
import { manageVantages } from "../guard/vantages/vantages.ts";
import { lookInto } from "../guard/looks/looking.ts";
import { printPlants } from "../guard/identity/planting.ts";
import { testDelivery } from "../guard/alarms/test-delivery.ts";
import { watchAssets } from "../guard/watch-command.ts";
import type { Command, CommandContext } from "./command.ts";
import { isSet, print } from "./command.ts";

export const guard: Command = {
  name: "guard",
  summary: "see whether a data store can be read without credentials, now or all the time",
  usage:
    "check URL… | add [NAME…] | look [NAME…] | plant [NAME…] | watch | list | alarms | acknowledge ALARM | test-delivery | history | vantage …",
  takes: 64,
  help: `Asks a store of yours, without a credential, whether it lets anybody in: over plain TCP and TLS, at every address of its name. check needs
no configuration, no database and no running Vitrine. A URL is your word that the store is yours to check; redirects are not followed.

  vitrine guard check elasticsearch://search.example.com:9200/users,events
  vitrine guard check postgres://app@db.example.com/shop redis://cache.example.com

It stops at the gate: whether something can be read, not what. Exit code of several: 2 something is readable or an anonymous caller
is let in, before 3 not known, before 4 kept closed by a safety default alone, before 0 closed or a login is asked for; 1 usage.
With --sarif it prints SARIF 2.1.0 for tools that collect findings; examples/github/guard.yml fails a deployment with it.

  vitrine guard add [NAME…] records what each store proves to be (its TLS key, a cluster's id, a planted word), so that what is readable there can be
                            counted when it is open: of a stranger's store behind the old address nothing is
  vitrine guard look [NAME…]    what is in a store, closed or not, held against its \`allows:\`; needs --credential-file; 2 something is not allowed there
  vitrine guard plant [NAME…]   prints a script for you to run: a record without a person in it, by which reading is proven (optional);
                            Redis, MongoDB and S3 prove by the word in it whose they are, so that what is readable can be counted
  vitrine guard watch       checks the \`assets:\` of the file all the time; an opening is confirmed by a second connection, and alarms
  vitrine guard list        assets, and what was seen of each the last time
  vitrine guard alarms      those that stand, with what is readable; acknowledge ALARM: you take care of it, nobody else is told
  vitrine guard test-delivery   a test by every way out, now (the watch does it each day)
  vitrine guard history     what was seen and told, from the ledger
  vitrine guard vantage add NAME | list | remove NAME
                            eyes elsewhere: an invitation for \`vitrine vantage\` on a host outside, who is enrolled, who no longer

watch sends its alarms to a signed webhook and to PagerDuty, as these are set up, until they are delivered; a restart goes on with them.
Ctrl-C ends it.`,
  options: {
    sarif: { type: "boolean", help: "check: print the findings as SARIF 2.1.0" },
    at: { type: "string", value: "HOST:PORT", help: "vantage add: where the vantage finds this watch (default: --vantage-listen)" },
    anew: { type: "boolean", help: "plant: words that were planted before are believed no more (others may have read them)" },
    "credential-file": {
      type: "string",
      value: "FILE",
      help: "add, look: the store's own login (user:password, or ApiKey …; mode 0600), used once",
    },
    limit: { type: "string", value: "N", help: "history: the newest N entries (default 50)" },
  },
  refusesWith: "guard/usage",
  settings: [
    "config",
    "state",
    "webhook",
    "webhookSecret",
    "pagerDuty",
    "pagerDutyKey",
    "heartbeat",
    "vantageListen",
    "vantageKey",
    "checkpoints",
    "ledgerKey",
  ],
  async run(context) {
    const [what = "", ...rest] = context.positionals;
    const work = Object.hasOwn(works, what) ? works[what] : undefined;
    const [least, most] = work?.takes ?? [0, 0];
    if (work === undefined || rest.length < least || rest.length > most)
      throw new VitrineError("guard/usage", {
        message:
          "guard takes check and URLs, add and names, look and names, plant and names, watch, list, alarms, acknowledge and an alarm, test-delivery, history or vantage.",
      });
    return work.run(context, rest);
  },
};

interface Work {
  /** How many words follow it, at least and at most. */
  readonly takes: readonly [number, number];
  readonly run: (context: CommandContext, rest: readonly string[]) => number | Promise<number>;
}

const wordsMax = 64;

const works: Readonly<Record<string, Work>> = {
  check: { takes: [1, wordsMax], run: checkUrls },
  add: { takes: [0, wordsMax], run: addIdentities },
  look: { takes: [0, wordsMax], run: lookInto },
  plant: { takes: [0, wordsMax], run: printPlants },
  watch: { takes: [0, 0], run: watchAssets },
  list: { takes: [0, 0], run: listAssets },
  alarms: { takes: [0, 0], run: listAlarms },
  acknowledge: { takes: [1, 1], run: (context, [alarm = ""]) => acknowledge(context, alarm) },
  "test-delivery": { takes: [0, 0], run: testDelivery },
  history: { takes: [0, 0], run: showHistory },
  vantage: { takes: [0, wordsMax], run: manageVantages },
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
