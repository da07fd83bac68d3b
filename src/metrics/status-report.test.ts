import { expect, test } from "vitest";
import type { MirrorStatus } from "../mirror/mirror.ts";
import { emptyStatus } from "../../test/support/memory-mirror.ts";
import { reportGeneration } from "./status-report.ts";

const hour = 3_600_000_000;
const since = Date.parse("2026-11-22T12:00:00Z") * 1000;
const erased = (erasure: MirrorStatus["erasure"], now: number) => reportGeneration({ ...emptyStatus, erasure }, now).erasure;

test("what was deleted has to be out of the file within 72 hours, and overdue is said", () => {
  const erasure = { logicalSince: since, physicalAt: since - 9 * hour };
  const shown = { logicalSince: "2026-11-22T12:00:00.000Z", physicalAt: "2026-11-22T03:00:00.000Z", dueBy: "2026-11-25T12:00:00.000Z" };
  expect(erased(erasure, since + 72 * hour)).toEqual({ ...shown, overdue: false });
  expect(erased(erasure, since + 72 * hour + 1)).toEqual({ ...shown, overdue: true });
});

test("nothing deleted: nothing is due", () => {
  expect(erased({ logicalSince: undefined, physicalAt: since }, since + 99 * hour)).toEqual({
    logicalSince: undefined,
    physicalAt: "2026-11-22T12:00:00.000Z",
    dueBy: undefined,
    overdue: false,
  });
});
