import { expect, test } from "vitest";
import { clip, paint } from "./render.ts";

test("a line that fits is left as it is", () => {
  expect(clip("▁▂▃", 3)).toBe("▁▂▃");
});

test("a longer line is cut by characters, not by bytes or colours, and its colours end", () => {
  const { bold, blue } = paint(true);
  expect(clip(`${bold("Vitrine")} ${blue("▁▂▃▄")} end`, 10)).toBe(`${bold("Vitrine")} ${blue("▁")}…`);
  expect(clip("Vitrine", 1)).toBe("…");
});
