/** Deliberate faults between reader and mirror: the comparison must see every one of them. */
import type { DownMessage, SafeChanges, SafeColumn, SafeSchema, SafeValues } from "../../src/policy/safe.ts";
import { ops } from "../../src/policy/safe.ts";

export interface Fault {
  readonly name: string;
  /** What becomes of one message; `undefined`: it is lost. */
  readonly tamper: (message: SafeChanges, schema: SafeSchema) => SafeChanges | undefined;
}

/** Faults that hit every message they apply to. */
export const faults: readonly Fault[] = [
  {
    name: "an update is lost",
    tamper: (message) => (message.table === "attempts" && message.ops.every((op) => op === ops.update) ? undefined : message),
  },
  { name: "a delete is lost", tamper: (message) => (message.ops.every((op) => op === ops.remove) ? undefined : message) },
  { name: "a truncate is lost", tamper: (message) => (message.ops.includes(ops.truncate) ? undefined : message) },
  {
    name: "two tokens collide",
    tamper: (message, schema) =>
      mapColumns(message, schema, (column, values) => (column.kind === "token" && column.refers === "devices" ? collided(values) : values)),
  },
  {
    name: "days are off by one",
    tamper: (message, schema) =>
      mapColumns(message, schema, (column, values) =>
        column.name === "at" && message.table === "attempts" ? shifted(values, 1440) : values,
      ),
  },
  {
    name: "an entity's move is ignored",
    tamper: (message, schema) =>
      message.table === "devices"
        ? mapColumns(message, schema, (column, values) => (column.name === "account_id" ? unmoved(message, values) : values))
        : message,
  },
  {
    name: "a NULL becomes zero",
    tamper: (message, schema) =>
      mapColumns(message, schema, (column, values) => (column.name === "ok" ? { ...values, nulls: undefined } : values)),
  },
  { name: "an old key is forgotten", tamper: (message) => ({ ...message, hasOldKey: new Uint8Array(message.rowCount) }) },
  {
    name: "unchanged texts are taken as given",
    tamper: (message, schema) => mapColumns(message, schema, (_column, values) => ({ ...values, unchanged: undefined })),
  },
];

/** For each kind of metric one fault, and the metric whose numbers must show it. */
export const kindFaults: readonly { readonly metric: string; readonly fault: Fault }[] = [
  { metric: "time_spent", fault: { name: "a sum loses its signs", tamper: (message, schema) => duration(message, schema) } },
  { metric: "active_devices", fault: { name: "days come a day late", tamper: (message, schema) => late(message, schema) } },
  { metric: "retention", fault: { name: "what came back came a day late", tamper: (message, schema) => late(message, schema) } },
  {
    metric: "fleet",
    fault: {
      name: "a device's account is not noticed",
      tamper: (message, schema) =>
        message.table === "devices"
          ? mapColumns(message, schema, (column, values) => (column.name === "account_id" ? unmoved(message, values) : values))
          : message,
    },
  },
  {
    metric: "sharers",
    fault: {
      name: "a share's end is not noticed",
      tamper: (message) => (message.table === "shares" && message.ops.every((op) => op === ops.remove) ? undefined : message),
    },
  },
];

function duration(message: SafeChanges, schema: SafeSchema): SafeChanges {
  const opposite = (values: SafeValues): SafeValues => ({ ...values, data: Int32Array.from(values.data as Int32Array, (value) => -value) });
  return mapColumns(message, schema, (column, values) => (column.name === "duration_ms" ? opposite(values) : values));
}

function late(message: SafeChanges, schema: SafeSchema): SafeChanges {
  return mapColumns(message, schema, (column, values) =>
    column.name === "at" && message.table === "attempts" ? shifted(values, 1440) : values,
  );
}

function mapColumns(message: SafeChanges, schema: SafeSchema, change: (column: SafeColumn, values: SafeValues) => SafeValues): SafeChanges {
  const table = schema.tables.find((one) => one.name === message.table);
  if (table === undefined) throw new Error(`no table ${message.table}`);
  return {
    ...message,
    columns: table.columns.map((column, index) => {
      const values = message.columns[index];
      if (values === undefined) throw new Error(`no values of ${column.name}`);
      return change(column, values);
    }),
  };
}

/** Only two bits of every token are left: among ten identifiers some are the same then. */
function collided(values: SafeValues): SafeValues {
  const data = Uint8Array.from(values.data as Uint8Array);
  for (let at = 0; at < data.length; at += 1) data[at] = at % 16 === 0 ? (data[at] ?? 0) & 3 : 7;
  return { ...values, data };
}

function shifted(values: SafeValues, by: number): SafeValues {
  const data = Int32Array.from(values.data as Int32Array, (minute, row) => (values.nulls?.[row] === 1 ? minute : minute + by));
  return { ...values, data };
}

function unmoved(message: SafeChanges, values: SafeValues): SafeValues {
  return { ...values, unchanged: Uint8Array.from(message.ops, (op) => (op === ops.update ? 1 : 0)) };
}

/** Applies a fault to a list of messages. */
export function tampered(messages: readonly DownMessage[], fault: Fault | undefined, schema: SafeSchema): readonly DownMessage[] {
  if (fault === undefined) return messages;
  return messages.flatMap((message): readonly DownMessage[] => {
    if (message.tag !== "changes") return [message];
    const changed = fault.tamper(message, schema);
    return changed === undefined ? [] : [changed];
  });
}
