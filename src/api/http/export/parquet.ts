/** Parquet, written in the HTTP thread (docs/decisions/10): the columns of the CSV with their types, all of them nullable. */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { ColumnSource } from "hyparquet-writer";
import type { Column } from "./table.ts";

export function parquetOf(columns: readonly Column[]): Buffer {
  return Buffer.from(parquetWriteBuffer({ columnData: columns.map(sourceOf), createdBy: "vitrine" }));
}

function sourceOf({ name, type, values }: Column): ColumnSource {
  switch (type) {
    case "text":
      return { name, data: [...values], type: "STRING", nullable: true };
    case "integer":
      return { name, data: values.map((value) => (value === null ? null : BigInt(value))), type: "INT64", nullable: true };
    case "number":
      return { name, data: [...values], type: "DOUBLE", nullable: true };
    case "time":
      return { name, data: values.map((value) => (value === null ? null : new Date(value))), type: "TIMESTAMP", nullable: true };
  }
}
