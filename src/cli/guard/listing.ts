/** vitrine guard list and history: what was seen of each asset the last time, and what stands in the ledger of it. */
import { here } from "../../guard/asset.ts";
import { cycleOf } from "../../guard/watch.ts";
import { VitrineError } from "../../model/error.ts";
import type { CommandContext } from "../commands/command.ts";
import { print, text } from "../commands/command.ts";
import { table } from "../render.ts";
import { stateFromJson } from "./asset-state.ts";
import { declaredAssets, stateHere } from "./declared.ts";

export function listAssets(context: CommandContext): number {
  const assets = declaredAssets(context);
  using state = stateHere(context);
  const rows = new Map(state.guard.assets().map((row) => [row.asset, row]));
  const list = assets.map((asset) => {
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
    };
  });
  print(context, list, () =>
    table(
      ["asset", "owner", "every", "expected", "seen", "at", "open since", "where"],
      list.map((one) => [
        one.asset,
        one.owner,
        `${one.everySeconds} s`,
        one.expected,
        one.seen ?? "not yet",
        one.at ?? "",
        one.openSince ?? "",
        one.targets.join(" "),
      ]),
    ),
  );
  return 0;
}

export function showHistory(context: CommandContext): number {
  const limit = text(context, "limit") ?? "50";
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new VitrineError("guard/usage", { message: "--limit takes a number.", place: "--limit" });
  using state = stateHere(context);
  const entries = ["guard-watch", "guard-verdict", "guard-alarm", "guard-delivered"]
    .flatMap((kind) => state.ledger({ kind, last: Number(limit) }))
    .toSorted((a, b) => a.id - b.id)
    .slice(-Number(limit));
  print(context, entries, () =>
    table(
      ["entry", "at", "what", "asset", ""],
      entries.map(({ id, at, kind, body }) => {
        const { asset = "", seen = "", before = "", tag = "", event = "", message = "" } = body as Readonly<Record<string, string>>; // eslint-disable-line -- written by keep alone
        const word = kind === "guard-verdict" ? `${before ?? "not yet"} → ${seen}` : `${tag}${event}${message}`;
        return [String(id), new Date(at).toISOString(), kind.slice("guard-".length), asset, word];
      }),
    ),
  );
  return 0;
}
