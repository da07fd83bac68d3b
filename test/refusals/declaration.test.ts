/**
 * The declaration's cases that the list of bad input names, on the declaration that the other refusals use.
 *
 * Elsewhere: every error of the file (src/policy/declaration/parse.test.ts) and of file against catalog (src/policy/compile.test.ts); how
 * `plan` and `run` print them (store.pg.test.ts); a value outside its rule (running.pg.test.ts); what does not exist (grants.pg.test.ts).
 */
import { expect, test } from "vitest";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import type { Refusal } from "./small-world.ts";
import { declared, refusalOf } from "./small-world.ts";

const cases: readonly (readonly [name: string, text: string, said: Refusal])[] = [
  [
    "a lossy treatment on a key",
    declared("id: { is: device identifier, take: token device }", "id: { is: device identifier, take: present }"),
    {
      code: "policy/key-lossy",
      place: "vitrine.yaml:14:42",
      message: "The key `id` of `devices` has a treatment that can make two keys equal.",
      remedy: "Use `take: token devices`.",
    },
  ],
  [
    "keep on text with a rule that lets everything pass (without a rule: running.pg.test.ts)",
    declared("take: keep, match: '[A-Z]{2}'", "take: keep, match: '.*'"),
    {
      code: "policy/pattern-unsafe",
      place: "vitrine.yaml:10:50",
      message: "`match` is refused at its character 1: `.` allows anything; name a class of characters, or write `\\.`.",
      remedy: "Write it with what is allowed; it is anchored on both sides by itself.",
    },
  ],
  [
    "YAML that is none",
    declared("unit: accounts", "unit: {accounts"),
    {
      code: "policy/invalid",
      place: "vitrine.yaml:4:1",
      message: "The indentation does not fit what stands above, or a bracket or brace there is not closed.",
      remedy: "Mend the file at the place named; `vitrine plan` checks it without touching anything.",
    },
  ],
  [
    "an unknown word",
    declared("    time: at", "    tyme: at"),
    {
      code: "policy/unknown-word",
      place: "vitrine.yaml:23:5",
      message: "`tyme` is not known in `facts.attempts`.",
      remedy: "Did you mean `time`?",
    },
  ],
  [
    "a duplicate name",
    declared("      nickname: { is: free text }", "      nickname: { is: free text }\n      nickname: { is: name }"),
    {
      code: "policy/duplicate-name",
      place: "vitrine.yaml:19:7",
      message: "This name stands twice in the same map.",
      remedy: "Rename one of the two.",
    },
  ],
  [
    "a metric's duplicate name",
    declared("  failures: { ratio", "  activations: { ratio"),
    {
      code: "policy/duplicate-name",
      place: "vitrine.yaml:32:3",
      message: "This name stands twice in the same map.",
      remedy: "Rename one of the two.",
    },
  ],
];

test.each(cases)("%s", async (_name, text, said) => {
  expect(await refusalOf(async () => parseDeclaration(text, "vitrine.yaml"))).toEqual(said);
});
