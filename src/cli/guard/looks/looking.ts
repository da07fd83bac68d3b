/**
 * What is in a store, closed or not, held against what its declaration allows: `vitrine guard look`, and each hour where the declaration names the
 * store's login. A process of its own holds that login for as long as it takes, so that neither the watch nor the server ever has it. What it finds
 * is an alarm like any other, sent by the watch.
 */
import type { Readable } from "../../../guard/readable/readable.ts";
import { readableText } from "../../../guard/readable/readable.ts";
import { VitrineError } from "../../../model/error.ts";
import type { CommandContext } from "../../commands/command.ts";
import { print, text } from "../../commands/command.ts";
import { chosen } from "../identity/adding.ts";
import { declaredHere, loginFileOf, stateHere } from "../declared.ts";
import { isForbidden, lookOnce } from "./look-once.ts";
import { authorizationOf } from "./store-login.ts";
import { firstChannels } from "../alarms/told-first.ts";

/** Exit code: 2 something is there that is not allowed, 3 it could not be counted, 0 else. */
export async function lookInto(context: CommandContext, names: readonly string[]): Promise<number> {
  const declared = declaredHere(context);
  const config = context.config();
  const given = text(context, "credential-file");
  using state = stateHere(context);
  const channels = firstChannels(state);
  const all: Readable[] = [];
  // Without a name those that have a login: the one that was given is for all.
  const assets = chosen(declared.assets, names).filter(({ look }) => names.length > 0 || given !== undefined || look !== undefined);
  if (assets.length === 0) throw new VitrineError("guard/usage", { message: needsLogin });
  for (const asset of assets) {
    const header = authorizationOf(given ?? loginFileOf(asset, config));
    if (header === undefined) throw new VitrineError("guard/usage", { message: needsLogin, place: asset.name });
    all.push(...(await lookOnce(asset, { header, state, channels })));
  }
  print(context, all, () =>
    readableText(all)
      .map((line) => `${line}\n`)
      .join(""),
  );
  if (all.some(isForbidden)) return 2;
  return all.some(({ notCounted }) => notCounted !== undefined) ? 3 : 0;
}

const needsLogin = "look needs the store's own login: --credential-file FILE, or `look: FILE` at the asset.";
