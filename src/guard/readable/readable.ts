/** What somebody without credentials can read of a store: categories and numbers, counted by the store itself. Never a value, never a field's name. */
import type { Category, CategoryKey } from "./categories.ts";
import { categories } from "./categories.ts";

/** exact; at-least: the store stopped counting; about: its estimate, between low and high, or where nobody knows its error at least low. */
export interface Count {
  readonly kind: "exact" | "at-least" | "about";
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Readable {
  readonly target: string;
  /** As it is declared. */
  readonly dataSet: string;
  /** Why nothing was counted, or not all. */
  readonly notCounted?: NotCounted;
  readonly records?: Count;
  readonly persons?: Count;
  /** Whose a record is was declared, and could not be counted by it. */
  readonly isPersonsUnknown?: true;
  /** The worst first. */
  readonly categories: readonly ReadableCategory[];
}

/**
 * identity-not-confirmed: it did not prove to be the owner's store now, and was asked for nothing more; not-offered: of this service nothing is
 * counted; closed: nobody is let into this data set without a login; no-login: nor is a login of this service ever used; refused: it does not let us; no-time: others took all that there was;
 * too-long: its answer is longer than what is read; not-understood: its answer is none that we know.
 */
export type NotCounted =
  | "identity-not-confirmed"
  | "not-offered"
  | "no-login"
  | "closed"
  | "refused"
  | "no-time"
  | "too-long"
  | "not-understood";

export interface ReadableCategory {
  readonly category: CategoryKey;
  readonly title: string;
  readonly special: boolean;
  /** Declared as allowed in this store. */
  readonly allowed: boolean;
  readonly records?: Count;
}

export function categoryOf(key: CategoryKey, allows: readonly string[], records: Count | undefined): ReadableCategory {
  const { title, special }: Category = categories.find((one) => one.key === key) ?? { key, title: key };
  return { category: key, title, special: special === true, allowed: allows.includes(key), ...(records === undefined ? {} : { records }) };
}

/** Whether records of it may be there: no number, or a part of one, is no proof that none are. */
export function isThere({ records }: Pick<ReadableCategory, "records">): boolean {
  return records === undefined || records.value > 0 || records.kind !== "exact";
}

/** In one line: the worst of what nobody should read there. */
export function readableSummary(all: readonly Readable[]): string {
  const told = all.flatMap(({ categories: found }) => found.filter((one) => !one.allowed && isThere(one)));
  const worst = told
    .slice(0, summaryMax)
    .map(({ title, records }) => (records === undefined ? title : `${countText(records)} with ${title}`));
  if (worst.length === 0)
    return all.some(({ notCounted }) => notCounted !== undefined)
      ? "what is readable was not counted"
      : "nothing personal is known to be readable";
  return `readable: ${worst.join(", ")}${told.length > worst.length ? `, and ${told.length - worst.length} more` : ""}`;
}

/** A line a finding, the worst first. */
export function readableText(all: readonly Readable[]): readonly string[] {
  return all.flatMap(({ dataSet, target, notCounted, records, persons, isPersonsUnknown, categories: found }) => {
    const whole = [
      ...(records === undefined ? [] : [`${countText(records)} ${records.value === 1 ? "record" : "records"}`]),
      ...(persons === undefined ? [] : [`of ${countText(persons)} ${persons.value === 1 ? "person" : "persons"}`]),
      ...(persons === undefined && isPersonsUnknown === true ? ["of an unknown number of persons"] : []),
      ...(notCounted === undefined ? [] : [reasons[notCounted]]),
    ];
    const told = found.filter(isThere);
    const forbidden = told.filter(({ allowed }) => !allowed);
    return [
      `${target}, ${dataSet}: ${whole.join(" ")}${told.length === 0 ? "" : ". By the names of fields, at least:"}`,
      ...told.map(({ title, special, allowed, records: own }) => {
        const marks = [...(special ? ["special category, GDPR Art. 9"] : []), ...(allowed ? ["allowed here"] : [])];
        return `  ${own === undefined ? title : `${countText(own)} with ${title}`}${marks.length === 0 ? "" : ` (${marks.join("; ")})`}`;
      }),
      ...(forbidden.length > 0 && forbidden.length === told.length ? ["  The declaration allows none of these there."] : []),
    ];
  });
}

const summaryMax = 4;

const reasons: Readonly<Record<NotCounted, string>> = {
  "identity-not-confirmed": "identity not confirmed: nothing was counted (`vitrine guard add` records it while the store is yours)",
  "not-offered": "what is in it is not counted for this service",
  "no-login": "it is closed, and a login of this service is not used: a closed one is not looked into",
  closed: "nobody is let in there without a login",
  refused: "it does not let itself be counted",
  "no-time": "it was not asked: what was counted before it took too long",
  "too-long": "its description is longer than what is read, so not all of it was counted",
  "not-understood": "its answer is none that is known",
};

function countText(count: Count): string {
  const digits = (value: number): string => value.toLocaleString("en");
  const { kind, value, low, high } = count;
  if (kind === "exact") return digits(value);
  if (kind === "at-least") return value === 0 ? "an unknown number" : `at least ${digits(value)}`;
  return `about ${digits(value)}${low === undefined || high === undefined ? "" : ` (${digits(low)} to ${digits(high)})`}`;
}
