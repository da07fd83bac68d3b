import { expect, test } from "vitest";
import { whereOf } from "./query.ts";

test("a dimension that is given twice is asked for with the values of both", () => {
  expect(whereOf(["country=US", "model=cam-1,cam-2", "country=GB"])).toEqual({ country: ["US", "GB"], model: ["cam-1", "cam-2"] });
});

test.each(["country", "=US", "country=", "Country=US"])("%s is no condition", (given) => {
  expect(() => whereOf([given])).toThrow(expect.objectContaining({ code: "cli/usage", place: "--where" }));
});
