/**
 * CSV after RFC 4180: CRLF, a header, quotes where they are needed. A text that a spreadsheet would take for a formula gets an apostrophe
 * before it: values come from a database that others write to.
 */
import type { Column } from "./table.ts";

export function csvOf(columns: readonly Column[]): string {
  const count = columns[0]?.values.length ?? 0;
  const lines = [columns.map(({ name }) => quoted(name)).join(",")];
  for (let row = 0; row < count; row++) lines.push(columns.map((column) => field(column, row)).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function field({ type, values }: Column, row: number): string {
  const value = values[row] ?? null;
  if (value === null) return "";
  if (typeof value === "string") return quoted(harmless(value));
  return type === "time" ? new Date(value).toISOString() : String(value);
}

/** What begins a formula in Excel, LibreOffice or Sheets, full-width forms and leading white space included. */
function harmless(text: string): string {
  return /^[\s"']*[=+\-@＝＋－＠|%]/u.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
