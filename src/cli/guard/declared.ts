/** What is to be watched, as the file says it, and the state of what was seen. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Asset } from "../../guard/asset.ts";
import { assetsOf } from "../../guard/asset.ts";
import { VitrineError } from "../../model/error.ts";
import { parseAssetsOf } from "../../policy/declaration.ts";
import type { CommandContext } from "../commands/command.ts";
import type { State } from "../state.ts";
import { openState } from "../state.ts";

/** Throws policy/*, guard/target, guard/asset-twice, guard/no-assets. */
export function declaredAssets(context: Pick<CommandContext, "config">): readonly Asset[] {
  const { configFile } = context.config({ needsFile: true });
  const assets = assetsOf(parseAssetsOf(readFileSync(configFile, "utf8"), configFile));
  if (assets.length === 0) throw new VitrineError("guard/no-assets", { message: "No asset is declared.", place: configFile });
  return assets;
}

export function stateHere(context: Pick<CommandContext, "config">): State {
  const { stateFolder } = context.config();
  return openState({ folder: stateFolder, now: Date.now, random: () => randomUUID().replaceAll("-", "") });
}
