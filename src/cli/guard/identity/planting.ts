/**
 * vitrine guard plant: prints what the owner may run, and runs nothing. Where the planted word is what proves whose store it is, its hash is recorded with it,
 * as only here it is known: a store that is closed, as it should be, shows it to nobody.
 */
import { randomBytes } from "node:crypto";
import type { Asset } from "../../../guard/asset.ts";
import { isProvenByPlant, plantScript } from "../../../guard/readable/plant.ts";
import { plantedKind, plantedNextKind, plantedWord, proofOf } from "../../../guard/readable/planted.ts";
import type { CommandContext } from "../../commands/command.ts";
import { isSet, print } from "../../commands/command.ts";
import type { State } from "../../state.ts";
import { chosen } from "./adding.ts";
import { declaredHere, stateHere } from "../declared.ts";

export function printPlants(context: CommandContext, names: readonly string[]): number {
  const assets = chosen(declaredHere(context).assets, names);
  using state = stateHere(context);
  const scripts = assets.flatMap((asset) => plantsOf(asset, state, { isAnew: isSet(context, "anew") }));
  print(context, scripts, () =>
    scripts
      .flatMap(({ asset, target, script }) => [
        `# ${asset}, ${target}${script === undefined ? ": nothing planted is asked for" : ""}`,
        ...(script ?? []),
      ])
      .map((line) => `${line}\n`)
      .join(""),
  );
  return 0;
}

interface Plant {
  readonly asset: string;
  readonly target: string;
  readonly script: readonly string[] | undefined;
}

/** One word an asset: of nodes that copy each other the word of one is found in all. */
export function plantsOf(
  { name, targets, authorised = { by: "", on: "" } }: Asset,
  state: State,
  { isAnew = false }: { readonly isAnew?: boolean } = {},
): readonly Plant[] {
  const known = state.guard.identities(name);
  const word = plantedWord(randomBytes(16));
  const plants = targets.map((target) => ({ target, script: plantScript(target, word) }));
  const rows = plants.flatMap(({ target, script }) => {
    const value = script !== undefined && isProvenByPlant(target) ? proofOf(word) : undefined;
    // A script that is printed and not run takes nothing away from the one that was, unless that is what is wanted.
    const isThere = known.some((one) => one.target === target.label && one.kind === plantedKind);
    const kinds = isAnew ? [plantedKind, plantedNextKind] : [isThere ? plantedNextKind : plantedKind];
    return value === undefined ? [] : kinds.map((kind) => ({ asset: name, target: target.label, kind, value }));
  });
  const recorded = rows.map(({ target, kind }) => ({ target, kind }));
  if (rows.length > 0) state.guard.setIdentities(rows, Date.now(), { asset: name, authorised: { ...authorised }, recorded });
  return plants.map(({ target, script }) => ({ asset: name, target: target.label, script }));
}
