/** `annotations:` of vitrine.yaml: what happened on a day that somebody who reads numbers should know of. */
import type { AnnotationDeclaration } from "../declaration.ts";
import type { Located } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { FileShape } from "./schema.ts";
import { shown, suggestion } from "./suggest.ts";

/** In the order of time. `metrics`: the names that there are. */
export function parseAnnotations(
  { annotations = [] }: FileShape,
  metrics: readonly string[],
  { located, problems }: { readonly located: Located; readonly problems: Problems },
): readonly AnnotationDeclaration[] {
  for (const [i, { at, metrics: named = [] }] of annotations.entries()) {
    if (!isDay(at))
      problems.add(
        "policy/invalid",
        located.place(["annotations", i, "at"]),
        "`at` is a local day, YYYY-MM-DD, of the years 1970 to 2199.",
      );
    for (const [place, name] of named.entries()) {
      if (metrics.includes(name)) continue;
      const where = located.place(["annotations", i, "metrics", place]);
      problems.add("policy/unknown-word", where, `There is no metric ${shown(name)}.`, suggestion(name, metrics));
    }
  }
  return annotations
    .map(({ at, title, metrics: named }) => ({ at, title, metrics: named }))
    .toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    const { year } = Temporal.PlainDate.from(text, { overflow: "reject" });
    return year >= 1970 && year < 2200;
  } catch {
    return false;
  }
}
