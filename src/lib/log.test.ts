import { expect, test } from "vitest";
import { createLog } from "./log.ts";

function logged(format: "json" | "text", ...event: Parameters<ReturnType<typeof createLog>>): string {
  const lines: string[] = [];
  createLog({ write: (line) => lines.push(line), format, process: "server", nowMs: () => 0 })(...event);
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

test("one line of JSON an event", () => {
  const line = logged("json", "warn", "reader-ended", { exitCode: 1, slot: "vitrine_1", crashLoop: false, table: undefined });
  expect(JSON.parse(line)).toEqual({
    at: "1970-01-01T00:00:00.000Z",
    level: "warn",
    process: "server",
    event: "reader-ended",
    exitCode: 1,
    slot: "vitrine_1",
    crashLoop: false,
  });
});

test("invariant 2: a text under a name that is not of the list is left out, and its name is shown", () => {
  const line = logged("json", "info", "row", { email: "anna@example.org", table: "devices" });
  expect(line).not.toContain("anna");
  expect(JSON.parse(line)).toMatchObject({ fieldsRefused: "email", table: "devices" });
});

test("no text begins a line of its own or is endless", () => {
  const line = logged("text", "error", "failed", { message: `a\nb\u001B[2J${"x".repeat(1_000)}` });
  expect(line.trimEnd()).not.toMatch(/\p{Cc}/u);
  expect(line.length).toBeLessThan(600);
});

test("text for a terminal", () => {
  expect(logged("text", "warn", "reader-ended", { message: "It is started again.", waitMs: 100 })).toBe(
    "00:00:00 server  warn: reader-ended  It is started again.  waitMs=100\n",
  );
});
