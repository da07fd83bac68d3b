import { unreachable } from "../../lib/assert.ts";
import type { SourceColumn } from "../raw.ts";
import { BytesBuffer, UuidBuffer } from "./bytes-buffers.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { FloatBuffer, MicrosBuffer } from "./float-buffers.ts";
import { BoolBuffer, Int32Buffer, Int64Buffer } from "./integer-buffers.ts";

/** The buffer for a column, with room for `capacity` rows to begin with. */
export function createBuffer(column: SourceColumn, place: string, capacity: number): ColumnBuffer {
  const name = `${place}.${column.name}`;
  switch (column.raw) {
    case "bool":
      return new BoolBuffer(name, capacity);
    case "i32":
      return new Int32Buffer(name, capacity);
    case "i64":
      return new Int64Buffer(name, capacity, column.typeName === "oid");
    case "f64":
      return new FloatBuffer(name, capacity);
    case "micros":
      return new MicrosBuffer(name, capacity);
    case "uuid":
      return new UuidBuffer(name, capacity);
    case "bytes":
      return new BytesBuffer(name, capacity, column.form === "text");
    default:
      return unreachable(column.raw);
  }
}
