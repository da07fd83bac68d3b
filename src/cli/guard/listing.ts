/** vitrine guard list and history: what was seen of each asset the last time, and what stands in the ledger of it. */
import type { GuardLook } from "../../api/contract.ts";
import { here } from "../../guard/asset.ts";
import { isUndeclared, undeclaredAsset } from "../../guard/undeclared.ts";
import { cycleOf } from "../../guard/watch.ts";
import { VitrineError } from "../../model/error.ts";
import type { CommandContext } from "../commands/command.ts";
import { print, text } from "../commands/command.ts";
import { table } from "../render.ts";
import { stateFromJson } from "./alarms/asset-state.ts";
import type { State } from "../state.ts";
import { declaredHere, stateHere } from "./declared.ts";
import { lookOf } from "./looks/look-shown.ts";
import { nobodyWatches, whoWatches } from "./who-watches.ts";

export function listAssets(context: CommandContext): number {
  const { assets } = declaredHere(context);
  using state = stateHere(context);
  const rows = new Map(state.guard.assets().map((row) => [row.asset, row]));
  const sights = Map.groupBy(state.guard.sights(), ({ asset }) => asset);
  // A listener that nobody declared stands beside them as long as its alarm does.
  const undeclared = [...rows.values()].filter(
    ({ asset, state: kept }) => isUndeclared(asset) && stateFromJson(kept).episode !== undefined,
  );
  const list = [...assets, ...undeclared.map(({ asset }) => undeclaredAsset(asset))].map((asset) => {
    const { name, owner, targets, expectedAt } = asset;
    const row = rows.get(name);
    const since = row === undefined ? undefined : stateFromJson(row.state).episode?.sinceMs;
    return {
      asset: name,
      owner,
      everySeconds: cycleOf(asset) / 1000,
      targets: targets.map(({ label }) => label),
      expected: expectedAt(here),
      seen: row?.seen,
      at: row === undefined ? undefined : new Date(row.at).toISOString(),
      openSince: since === undefined ? undefined : new Date(since).toISOString(),
      look: lookOf(state, asset),
      elsewhere: (sights.get(name) ?? [])
        .filter(({ vantage }) => vantage !== here)
        .map(({ vantage, seen, at }) => ({ vantage, expected: expectedAt(vantage), seen, at: new Date(at).toISOString() })),
    };
  });
  print(context, list, () =>
    table(
      ["asset", "owner", "every", "expected", "seen", "at", "open since", "where"],
      list.flatMap((one) => [
        [
          one.asset,
          one.owner,
          `${one.everySeconds} s`,
          one.expected,
          one.seen ?? "not yet",
          one.at ?? "",
          one.openSince ?? "",
          one.targets.join(" "),
        ],
        ...(one.look === undefined ? [] : [["  what is in it", "", "1 h", "", lookText(one.look), one.look.at ?? "", "", ""]]),
        ...one.elsewhere.map(({ vantage, expected, seen, at }) => [`  from ${vantage}`, "", "", expected, seen, at, "", ""]),
      ]),
    ),
  );
  sayWhoWatches(context, state);
  return 0;
}

function lookText({ at, because }: GuardLook): string {
  if (because !== undefined) return `not known: ${because}`;
  return at === undefined ? "not yet" : "looked at";
}

/** What was seen is as old as it is, and no alarm is none only while somebody looks. */
export function sayWhoWatches({ terminal }: Pick<CommandContext, "terminal">, state: Pick<State, "guard">): void {
  const said = nobodyWatches(whoWatches(state, Date.now()));
  if (said !== undefined) terminal.error(`${said}\n`);
}

export function showHistory(context: CommandContext): number {
  const limit = text(context, "limit") ?? "50";
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new VitrineError("guard/usage", { message: "--limit takes a number.", place: "--limit" });
  using state = stateHere(context);
  const entries = ["guard-watch", "guard-vantage", "guard-verdict", "guard-alarm", "guard-delivered"]
    .flatMap((kind) => state.ledger({ kind, last: Number(limit) }))
    .toSorted((a, b) => a.id - b.id)
    .slice(-Number(limit));
  print(context, entries, () =>
    table(
      ["entry", "at", "what", "asset", ""],
      entries.map(({ id, at, kind, body }) => {
        const {
          asset = "",
          vantage = "",
          seen = "",
          before = "",
          tag = "",
          event = "",
          message = "",
        } = body as Readonly<Record<string, string>>; // eslint-disable-line -- written by keep alone
        const word = kind === "guard-verdict" ? `${before ?? "not yet"} → ${seen}` : `${tag}${event}${message}`;
        return [String(id), new Date(at).toISOString(), kind.slice("guard-".length), kind === "guard-vantage" ? vantage : asset, word];
      }),
    ),
  );
  return 0;
}
