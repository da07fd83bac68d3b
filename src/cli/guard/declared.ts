/** What is to be watched, as the file says it, and the state of what was seen. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Asset } from "../../guard/asset.ts";
import { assetsOf } from "../../guard/asset.ts";
import { VitrineError } from "../../model/error.ts";
import type { GuardDeclaration, VantageDeclaration } from "../../policy/declaration.ts";
import { parseGuardOf } from "../../policy/declaration.ts";
import type { CommandContext } from "../commands/command.ts";
import type { Config } from "../config.ts";
import type { State } from "../state.ts";
import { openState } from "../state.ts";

export interface Declared extends Pick<GuardDeclaration, "oncall" | "smtp"> {
  readonly assets: readonly Asset[];
  /** Whether stores that listen here and that nobody declared are looked for. */
  readonly listeners: "on" | "off";
}

/** Throws policy/*, guard/target, guard/asset-twice. */
export function declaredIn(configFile: string): Declared {
  const { assets, listeners, oncall, smtp } = parseGuardOf(readFileSync(configFile, "utf8"), configFile);
  return { assets: assetsOf(assets), listeners, oncall, smtp };
}

/** Throws policy/*, guard/target, guard/asset-twice, guard/no-assets. */
export function declaredHere(context: Pick<CommandContext, "config">): Declared {
  const { configFile } = context.config({ needsFile: true });
  const declared = declaredIn(configFile);
  if (declared.assets.length === 0) throw new VitrineError("guard/no-assets", { message: "No asset is declared.", place: configFile });
  return declared;
}

/** From where else. Throws policy/*. */
export function declaredVantages({ configFile }: Pick<Config, "configFile">): readonly VantageDeclaration[] {
  return parseGuardOf(readFileSync(configFile, "utf8"), configFile).vantages;
}

export function stateHere(context: Pick<CommandContext, "config">): State {
  const { stateFolder } = context.config();
  return openState({ folder: stateFolder, now: Date.now, random: () => randomUUID().replaceAll("-", "") });
}

/** The file with the login of a store that is looked into; paths are relative to the file that declares it. */
export function loginFileOf({ look }: Pick<Asset, "look">, { configFile }: Pick<Config, "configFile">): string | undefined {
  return look === undefined ? undefined : resolve(dirname(configFile), look);
}

/** Files with the secrets of the ways out. */
export function secretFilesOf({ oncall, smtp }: Declared): readonly string[] {
  const steps = oncall.flatMap(({ webhook, pagerDutyKeyFile }) => [webhook?.secretFile, pagerDutyKeyFile]);
  return [...steps, smtp?.login?.passwordFile].filter((file) => file !== undefined);
}
