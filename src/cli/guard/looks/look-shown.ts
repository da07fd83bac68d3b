/** When a store was last looked into, for whoever asks. */
import type { GuardLook } from "../../../api/contract.ts";
import type { Asset } from "../../../guard/asset.ts";
import { lookNoteOf } from "./look-notes.ts";
import type { Kept } from "./look-notes.ts";

/** undefined: it is not declared that it is looked into. */
export function lookOf(state: Pick<Kept, "get">, { name, look }: Pick<Asset, "name" | "look">): GuardLook | undefined {
  if (look === undefined) return undefined;
  const { goodAt, because } = lookNoteOf(state, name) ?? {};
  return {
    ...(goodAt === undefined ? {} : { at: new Date(goodAt).toISOString() }),
    ...(because === undefined ? {} : { because }),
  };
}
