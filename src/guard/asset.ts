/** What is watched: declared assets, with the services that their addresses name. */
import { nearestWord } from "../lib/nearest.ts";
import { VitrineError } from "../model/error.ts";
import type { AssetDeclaration, Expectation } from "../policy/declaration.ts";
import { canonicalAddress } from "./address.ts";
import { checkers } from "./checks/checkers.ts";
import { categoryKeys } from "./readable/categories.ts";
import type { Target } from "./target.ts";
import { targetOf } from "./target.ts";

export interface Asset {
  readonly name: string;
  readonly owner: string;
  /** One a node. */
  readonly targets: readonly Target[];
  readonly profile: "standard" | "fast";
  /** Categories of personal data that may be in it. */
  readonly allows?: readonly string[];
  /** The field that says which person a record is of. */
  readonly person?: string | undefined;
  /** The file with its own login, as it was written: each hour it is looked into. */
  readonly look?: string | undefined;
  readonly authorised?: { readonly by: string; readonly on: string };
  readonly expectedAt: (vantage: string) => Expectation;
  /** It is none that was declared, but a listener of this machine that answers as a store: how it is called. */
  readonly undeclared?: string;
  /** Files whose change is a reason to look at once: paths as they were written. */
  readonly watches?: readonly string[];
}

/** This process itself. Every other vantage is elsewhere. */
export const here = "here";

/** Throws `guard/target` with its place in the file, `guard/asset-twice` and `guard/category`. */
export function assetsOf(declared: readonly AssetDeclaration[]): readonly Asset[] {
  const known = new Map<string, string>();
  return declared.map(({ name, owner, urls, data, expect, profile, watches, addresses, allows, person, look, authorised }) => {
    const targets = urls.map(({ text, place }) => {
      const target = placed(text, place);
      const names = [...new Set([...target.names, ...data])];
      const other = known.get(keyOf(target));
      if (other !== undefined)
        throw new VitrineError("guard/asset-twice", { message: `This address stands at the asset ${other}, too.`, place });
      known.set(keyOf(target), name);
      return { ...target, names, ...(addresses === undefined ? {} : { addresses: new Set(addresses.map(canonicalAddress)) }) };
    });
    const expectedAt = (vantage: string): Expectation =>
      expect.at[vantage] ?? expect.everywhere ?? (vantage === here ? "auth-required" : "unreachable");
    if (look !== undefined && !targets.some(({ checker }) => checker.depth?.takesLogin === true))
      throw new VitrineError("guard/target", {
        message: "Into a store of this service nobody looks with a login.",
        remedy: `Take \`look:\` away. It is for ${servicesOfLogin}.`,
        place: look.place,
      });
    return { name, owner, targets, profile, allows: allows.map(knownCategory), person, look: look?.file, authorised, expectedAt, watches };
  });
}

const servicesOfLogin = checkers
  .filter(({ depth }) => depth?.takesLogin === true)
  .map(({ title }) => title)
  .join(" and ");

/** Other roles of one server are other questions; the same one twice would be two alarms of one opening. */
function keyOf({ checker, host, port, user }: Target): string {
  return JSON.stringify([checker.service, host.toLowerCase(), port, user ?? null]);
}

function knownCategory({ category, place }: AssetDeclaration["allows"][number]): string {
  if (categoryKeys.includes(category)) return category;
  const near = nearestWord(category, categoryKeys);
  throw new VitrineError("guard/category", {
    message: `There is no such category of personal data.${near === undefined ? "" : ` There is ${near}.`}`,
    place,
  });
}

function placed(text: string, place: string): Target {
  try {
    return targetOf(text);
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    throw new VitrineError(error.code, { message: error.message, remedy: error.remedy, place });
  }
}
