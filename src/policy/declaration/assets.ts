/** `assets:`: the data stores that are watched for being left open. */
import { isIP } from "node:net";
import type { AssetDeclaration } from "../declaration.ts";
import { isDay } from "./annotations.ts";
import type { Located } from "./located.ts";
import type { Problems } from "./problems.ts";
import { formatPlace } from "./problems.ts";
import type { AssetsShape } from "./schema.ts";

/** Each takes a request every few seconds, and every one of them stands in that store's log. */
const fastMax = 20;

export function parseAssets(
  shape: AssetsShape,
  { located, problems }: { readonly located: Located; readonly problems: Problems },
): readonly AssetDeclaration[] {
  const entries = Object.entries(shape);
  const fast = entries.filter(([, { profile }]) => profile === "fast");
  for (const [name] of fast.slice(fastMax))
    problems.add("policy/invalid", located.place(["assets", name, "profile"]), `At most ${fastMax} assets can be \`fast\`.`);
  return entries.map(([name, asset]) => {
    const { owner, url, data = [], allows = [], person, look, authorised, expect, profile = "standard", watches = [], addresses } = asset;
    if (!isDay(authorised.on))
      problems.add(
        "policy/invalid",
        located.place(["assets", name, "authorised", "on"]),
        "`on` is a day, YYYY-MM-DD, of the years 1970 to 2199.",
      );
    for (const [i, address] of (addresses ?? []).entries())
      if (isIP(address) === 0 || address.includes("%"))
        problems.add(
          "policy/invalid",
          located.place(["assets", name, "addresses", i]),
          "This is no address: write IPv4 or IPv6, without a zone.",
        );
    const at = (i: number): string =>
      formatPlace(located.place(typeof url === "string" ? ["assets", name, "url"] : ["assets", name, "url", i]));
    return {
      name,
      owner,
      urls: [url].flat().map((text, i) => ({ text, place: at(i) })),
      data,
      allows: allows.map((category, i) => ({ category, place: formatPlace(located.place(["assets", name, "allows", i])) })),
      person,
      look: look === undefined ? undefined : { file: look, place: formatPlace(located.place(["assets", name, "look"])) },
      authorised,
      expect: typeof expect === "object" ? { everywhere: undefined, at: expect } : { everywhere: expect, at: {} },
      profile,
      watches,
      addresses,
    };
  });
}
