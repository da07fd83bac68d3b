/**
 * What is longer than a field's `ignore_above` is in the record, and not in the index: tokens are the longest of all, and `exists` finds none of them.
 */
import type { Field } from "../../readable/classify.ts";
import { isRecord } from "../../http/response.ts";

/**
 * Elasticsearch notes in `_ignored` what is longer than `ignore_above` since 7.14 (elastic/elasticsearch#74418), and is known by `metadata_field`, which
 * it has since 7.13. OpenSearch does not note it ("Ignore above" in its documentation): `exists` does not find it, and nothing else does.
 */
export function notesWhatIsCut(all: Readonly<Record<string, unknown>>): boolean {
  const id = isRecord(all["_id"]) ? all["_id"]["_id"] : undefined;
  return isRecord(id) && id["metadata_field"] === true;
}

/** Of a mapping: names of the fields, and of the fields of fields, that have `ignore_above`. */
export function namesOfCut(mapping: unknown): readonly string[] {
  const names: string[] = [];
  const left: { readonly path: string; readonly node: unknown }[] = [{ path: "", node: mapping }];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const { path, node } = one;
    if (!isRecord(node)) continue;
    if (typeof node["ignore_above"] === "number" && path !== "") names.push(path);
    for (const inner of [node["properties"], node["fields"]])
      if (isRecord(inner))
        for (const [name, next] of Object.entries(inner)) left.push({ path: path === "" ? name : `${path}.${name}`, node: next });
  }
  return names;
}

const cuttable: ReadonlySet<string> = new Set(["keyword", "wildcard", "icu_collation_keyword"]);
const containers: ReadonlySet<string> = new Set(["object", "nested"]);

export function mayBeCut(type: string): boolean {
  return cuttable.has(type);
}

/**
 * Of fields that may be cut (`cut`: their names; undefined: any may be) the number is at least so much. A field of a field is another reading of
 * what the outer one holds, and is found by that.
 */
export function markedAsCut(own: readonly Field[], cut?: ReadonlySet<string>): readonly Field[] {
  const isWhole = ({ type, isUncountable }: Field): boolean => !mayBeCut(type) && !containers.has(type) && isUncountable !== true;
  const whole = new Set(own.filter(isWhole).map(({ name }) => name));
  return own.map((field) => {
    const outer = field.name.slice(0, Math.max(0, field.name.lastIndexOf(".")));
    const isCut = mayBeCut(field.type) && cut?.has(field.name) !== false && !whole.has(outer);
    return isCut ? { ...field, isUncountable: true } : field;
  });
}
