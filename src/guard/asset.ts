/** What is watched: declared assets, with the services that their addresses name. */
import { VitrineError } from "../model/error.ts";
import type { AssetDeclaration, Expectation } from "../policy/declaration.ts";
import type { Target } from "./target.ts";
import { targetOf } from "./target.ts";

export interface Asset {
  readonly name: string;
  readonly owner: string;
  /** One a node. */
  readonly targets: readonly Target[];
  readonly profile: "standard" | "fast";
  readonly expectedAt: (vantage: string) => Expectation;
}

/** This process itself. Every other vantage is elsewhere. */
export const here = "here";

/** Throws `guard/target` with its place in the file, and `guard/asset-twice`. */
export function assetsOf(declared: readonly AssetDeclaration[]): readonly Asset[] {
  const known = new Map<string, string>();
  return declared.map(({ name, owner, urls, data, expect, profile }) => {
    const targets = urls.map(({ text, place }) => {
      const target = placed(text, place);
      const names = [...new Set([...target.names, ...data])];
      const other = known.get(keyOf(target));
      if (other !== undefined)
        throw new VitrineError("guard/asset-twice", { message: `This address stands at the asset ${other}, too.`, place });
      known.set(keyOf(target), name);
      return { ...target, names };
    });
    const expectedAt = (vantage: string): Expectation =>
      expect.at[vantage] ?? expect.everywhere ?? (vantage === here ? "auth-required" : "unreachable");
    return { name, owner, targets, profile, expectedAt };
  });
}

/** Other roles of one server are other questions; the same one twice would be two alarms of one opening. */
function keyOf({ checker, host, port, user }: Target): string {
  return JSON.stringify([checker.service, host.toLowerCase(), port, user ?? null]);
}

function placed(text: string, place: string): Target {
  try {
    return targetOf(text);
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    throw new VitrineError(error.code, { message: error.message, remedy: error.remedy, place });
  }
}
