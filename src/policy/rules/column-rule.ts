/** The rule of a compiled column, with its dictionary and its counts. The registry of rules is the switch below. */
import { must, unreachable } from "../../lib/assert.ts";
import { VitrineError } from "../../model/error.ts";
import type { RawColumn } from "../../source/raw.ts";
import type { CompiledColumn } from "../compile.ts";
import { valuesColumnOf, valuesMax, valuesName } from "../compile.ts";
import type { Treatment } from "../declaration.ts";
import type { TokenKeys } from "../keys.ts";
import type { DictionaryGrowth } from "../safe.ts";
import { bucketRule } from "./bucket.ts";
import { constantColumn } from "./constant.ts";
import { Dictionary } from "./dictionary.ts";
import { keepRule, keepText } from "./keep.ts";
import { lookupRule, lookupText } from "./lookup.ts";
import { prefixText } from "./prefix.ts";
import { presentRule } from "./present.ts";
import type { Rule, RuleOutput, Tally } from "./rule.ts";
import type { TextMap } from "./text-codes.ts";
import { textCodes } from "./text-codes.ts";
import { tokenRule } from "./token.ts";
import { truncateRule } from "./truncate.ts";
import { versionText } from "./version.ts";
import type { Zone } from "./zone.ts";

export interface ColumnRule {
  readonly tally: Tally;
  /** True where unchanged TOAST makes no difference: the rule needs no value. */
  readonly ignoresUnchanged: boolean;
  /** `nulls`: rows without a value. `column` is undefined only for a constant. */
  apply(column: RawColumn | undefined, rowCount: number, nulls: Uint8Array | undefined): RuleOutput;
  takeGrowth(): DictionaryGrowth | undefined;
}

export interface Given {
  readonly zone: Zone;
  readonly keys: TokenKeys;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Throws policy/keys-missing, policy/values-missing, policy/values-too-many. */
export function createColumnRule(compiled: CompiledColumn, given: Given): ColumnRule {
  const dictionary = new Dictionary(compiled.safe.name);
  const tally: Tally = { other: 0, degraded: 0 };
  const takeGrowth = (): DictionaryGrowth | undefined => dictionary.takeGrowth();
  const { treatment } = compiled;
  if (treatment.tag === "constant") {
    const make = constantColumn(treatment.value, dictionary);
    return { tally, takeGrowth, ignoresUnchanged: true, apply: (_column, rowCount) => make(rowCount) };
  }
  const rule = chooseRule(compiled, { ...given, dictionary, tally });
  return {
    tally,
    takeGrowth,
    ignoresUnchanged: treatment.tag === "present",
    apply: (column, rowCount, nulls) => rule({ column: must(column, `raw column ${compiled.safe.name}`), rowCount, nulls }),
  };
}

interface Making extends Given {
  readonly dictionary: Dictionary;
  readonly tally: Tally;
}

function chooseRule(compiled: CompiledColumn, making: Making): Rule {
  const { padded, safe, type } = compiled;
  const treatment = compiled.treatment as Exclude<Treatment, { tag: "constant" }>; // eslint-disable-line -- its caller took it out
  const { dictionary, tally } = making;
  const texts = (map: TextMap): Rule => textCodes({ map, dictionary, tally, padded });
  switch (treatment.tag) {
    case "keep":
      return treatment.rule === undefined
        ? keepRule({ scale: safe.scale, tally })
        : texts(keepText(treatment.rule, ruleValues(treatment, making)));
    case "opaque":
      return keepRule({ scale: 0, tally });
    case "token":
      return tokenRule(tokenKey(treatment.space, making.keys), { padded });
    case "truncate":
      return truncateRule({ to: treatment.to, zone: making.zone, wall: type !== "timestamptz", tally });
    case "version":
      return texts(versionText(treatment.parts, treatment.rule));
    case "bucket":
      return bucketRule(treatment.bounds, { dictionary, tally });
    case "prefix":
      return texts(prefixText(treatment.length, treatment.rule, ruleValues(treatment, making)));
    case "lookup":
      return type === "text" || type === "enum" ? texts(lookupText(treatment.table)) : lookupRule(treatment.table, { dictionary, tally });
    case "present":
      return presentRule;
    default:
      return unreachable(treatment);
  }
}

function tokenKey(space: string, keys: TokenKeys): NonNullable<ReturnType<TokenKeys["get"]>> {
  const key = keys.get(space);
  if (key !== undefined) return key;
  throw new VitrineError("policy/keys-missing", { message: `There is no key for the token space ${space}.`, place: "the key file" });
}

function ruleValues(treatment: Treatment, { values }: Making): ReadonlySet<string> | undefined {
  const column = valuesColumnOf(treatment);
  if (column === undefined) return undefined;
  const list = values.get(valuesName(column));
  if (list === undefined)
    throw new VitrineError("policy/values-missing", {
      message: `The values of ${valuesName(column)} were not read.`,
      place: valuesName(column),
    });
  if (list.length > valuesMax)
    throw new VitrineError("policy/values-too-many", {
      message: `${valuesName(column)} has more than ${valuesMax} values.`,
      place: valuesName(column),
    });
  return new Set(list);
}
