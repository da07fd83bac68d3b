/** The section `stays`: tables of which nothing leaves. It decides nothing; it makes the inventory whole. */
import type { StayingTable, TableDeclaration } from "../declaration.ts";
import type { FileShape } from "./schema.ts";
import type { Reading } from "./tables.ts";

export function parseStays(file: FileShape, tables: readonly TableDeclaration[], { located, problems }: Reading): readonly StayingTable[] {
  return Object.entries(file.stays ?? {}).flatMap(([name, shape]) => {
    const [, schema, table] = /^([^.]+)\.([^.]+)$/.exec(name) ?? [];
    const place = located.place(["stays", name], "key");
    if (schema === undefined || table === undefined) {
      problems.add("policy/bad-table-name", place, "A table under `stays` is not `schema.table`.");
      return [];
    }
    const declared = tables.find((one) => one.schema === schema && one.table === table);
    if (declared !== undefined) {
      problems.add(
        "policy/duplicate-name",
        place,
        `A table under \`stays\` is declared as \`${declared.name}\`, too.`,
        "Write what stays of it there: a column without `take` stays.",
      );
      return [];
    }
    const columns = typeof shape === "string" ? [] : Object.entries(shape).map(([column, is]) => ({ name: column, is }));
    return [{ schema, table, is: typeof shape === "string" ? shape : undefined, columns }];
  });
}
