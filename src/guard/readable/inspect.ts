/**
 * After the alarm went out: which store it is, and what somebody without credentials can read of it. Nothing is asked of a store that did not prove
 * to be the owner's now: an address may be somebody else's by today.
 */
import type { Checker, Dialogue, Question } from "../checks/checker.ts";
import type { CategoryKey } from "./categories.ts";
import { categories } from "./categories.ts";
import type { Field } from "./classify.ts";
import { classify } from "./classify.ts";
import type { MayBeTold } from "../checks/converse.ts";
import { converse } from "../checks/converse.ts";
import type { Depth, DepthOfNames, Found } from "./depth.ts";
import { plantedKind, plantedNextKind, proofOf } from "./planted.ts";
import type { Count, NotCounted, Readable } from "./readable.ts";
import { categoryOf } from "./readable.ts";
import type { Target } from "../target.ts";
import type { Certificate } from "../wire/certificate.ts";
import type { Patience, Place } from "../wire/link.ts";

/** What a store proved to be when its owner recorded it. */
export interface Identity {
  /** `tls-key`, or what the service itself says of which kind. */
  readonly kind: string;
  readonly value: string;
}

export interface Inspection {
  readonly target: Target;
  readonly question: Question;
  readonly place: Place;
  /** Recorded for this target; one of them must be true now. */
  readonly recorded: readonly Identity[];
  readonly allows: readonly string[];
  /** The field that says which person a record is of. */
  readonly person: string | undefined;
  /** Whether all the time is over that it may take: others wait for it. */
  readonly isLate?: () => boolean;
  /** Of the owner, where the store is looked into on their word. */
  readonly authorization?: Authorization;
}

export const tlsKey = "tls-key";

/** A count may take its time where a gate may not. */
const patience: Patience = { quietMs: 10_000, answerMs: 12_000 };

/** A line a data set. */
export async function inspect(inspection: Inspection): Promise<readonly Readable[]> {
  const { target, question } = inspection;
  const { depth } = target.checker;
  const named = depth?.dataSets?.(question.names, question.user) ?? question.names;
  const dataSets = named.length === 0 ? [""] : named;
  const without = (notCounted: NonNullable<Readable["notCounted"]>): readonly Readable[] =>
    dataSets.map((dataSet) => ({ target: target.label, dataSet: titleOf(dataSet), notCounted, categories: [] }));
  if (depth === undefined) return without("not-offered");
  const proven = await identitiesOf(inspection, inspection.authorization);
  if (!isConfirmed(proven, inspection.recorded)) return without(inspection.isLate?.() === true ? "no-time" : "identity-not-confirmed");
  const all: Readable[] = [];
  for (const dataSet of dataSets) {
    if (inspection.isLate?.() === true)
      all.push({ target: target.label, dataSet: titleOf(dataSet), notCounted: "no-time", categories: [] });
    else all.push("names" in depth ? await readableByNames(inspection, depth, dataSet) : await readableOf(inspection, depth, dataSet));
  }
  return all;
}

/** A credential of the store, as HTTP sends it, and who alone may be told it. */
export interface Authorization {
  readonly header: string;
  readonly mayBeTold: MayBeTold;
}

/**
 * What the service says of itself decides, where it was recorded and is said now, and of that the strongest, which it says first: a TLS key may be a
 * proxy's, in front of another store by today. A key that was renewed takes nothing away from it.
 */
export function isConfirmed(proven: readonly Identity[], recorded: readonly Identity[]): boolean {
  const known = recorded.map(({ kind, value }) => ({ kind: kind === plantedNextKind ? plantedKind : kind, value }));
  const isOwn = ({ kind }: Identity): boolean => kind !== tlsKey && known.some((one) => one.kind === kind);
  const strongest = proven.find(isOwn)?.kind;
  const deciding = strongest === undefined ? proven : proven.filter(({ kind }) => kind === strongest);
  return deciding.some((one) => known.some((other) => other.kind === one.kind && other.value === one.value));
}

/** What the store proves to be now; with `authorization` (of its owner) also where it is closed. `shown`: by a check of just now. */
export async function identitiesOf(
  {
    target,
    question,
    place,
    isLate = () => false,
    shown,
  }: Pick<Inspection, "target" | "question" | "place" | "isLate"> & { readonly shown?: Certificate | undefined },
  authorization?: Authorization,
): Promise<readonly Identity[]> {
  const { checker } = target;
  const { depth } = checker;
  // Of it nothing is counted: its key is recorded all the same, as it was seen.
  if (depth === undefined) return keysIn([shown], checker);
  const own: Identity[] = [];
  const certificates: (Certificate | undefined)[] = [];
  const { question: asked, mayBeTold } = toldTo(depth, question, authorization);
  for (const proof of depth.identities) {
    const { kind } = proof;
    const { verdict, certificate } = await converse(proof.ask(), asked, place, { ...patience, isOver: isLate }, mayBeTold);
    // What was planted is kept as its hash.
    const value = verdict.tag === "not" ? undefined : kind === plantedKind ? proofOf(verdict.value) : verdict.value;
    if (value !== undefined) own.push({ kind, value });
    certificates.push(certificate);
  }
  // It says nothing of itself: its key is shown to the gate's own questions.
  if (depth.identities.length === 0) certificates.push((await converse(checker, question, place, patience)).certificate);
  return [...own, ...keysIn(certificates, checker)];
}

/** The key of a host that many owners share says nothing of whose store it is. */
function keysIn(certificates: readonly (Certificate | undefined)[], { isShared }: Pick<Checker, "isShared">): readonly Identity[] {
  const keys = new Set(certificates.flatMap((one) => one?.keySha256 ?? []));
  return isShared === true ? [] : [...keys].map((value) => ({ kind: tlsKey, value }));
}

/** As its owner, where it takes their login; as anybody otherwise. */
function toldTo(
  { takesLogin }: Pick<Depth, "takesLogin">,
  question: Question,
  authorization: Authorization | undefined,
): { readonly question: Question; readonly mayBeTold: MayBeTold | undefined } {
  if (authorization === undefined || takesLogin !== true) return { question, mayBeTold: undefined };
  return { question: { ...question, authorization: authorization.header }, mayBeTold: authorization.mayBeTold };
}

/** Asks as long as there is more to ask; `broken`: why there was no answer to what followed. What came before it stays. */
function asking(
  { place, question: plain, authorization, isLate = () => false }: Inspection,
  depth: Pick<Depth, "takesLogin">,
): <T>(first: Dialogue<Found<T>>) => Promise<{ readonly found: Found<T>; readonly broken?: NotCounted }> {
  const { question, mayBeTold } = toldTo(depth, plain, authorization);
  const once = async <T>(dialogue: Dialogue<Found<T>>): Promise<Found<T>> => {
    const { verdict } = await converse(dialogue, question, place, { ...patience, isOver: isLate }, mayBeTold);
    return verdict.tag === "not" && isLate() ? { tag: "not", why: "no-time" } : verdict;
  };
  return async (first) => {
    let found = await once(first);
    while (found.tag === "found" && found.more !== undefined) {
      const next = await once(found.more);
      if (next.tag === "not") return { found, broken: next.why };
      found = next;
    }
    return { found };
  };
}

/** Of a store whose records have names alone. */
async function readableByNames(inspection: Inspection, depth: DepthOfNames, dataSet: string): Promise<Readable> {
  const { target, allows, person } = inspection;
  const head = { target: target.label, dataSet: titleOf(dataSet) };
  const { found, broken } = await asking(inspection, depth)(depth.names(dataSet));
  if (found.tag === "not") return { ...head, notCounted: found.why, categories: [] };
  const { records, byCategory } = found.value;
  return {
    ...head,
    ...(broken === undefined ? {} : { notCounted: broken }),
    records,
    ...(person === undefined ? {} : { isPersonsUnknown: true as const }),
    categories: inOrder([...byCategory.keys()]).map((key) => categoryOf(key, allows, byCategory.get(key))),
  };
}

/** The worst first. */
function inOrder(found: readonly CategoryKey[]): readonly CategoryKey[] {
  return categories.flatMap(({ key }) => (found.includes(key) ? [key] : []));
}

async function readableOf(inspection: Inspection, depth: Depth, dataSet: string): Promise<Readable> {
  const { target, allows, person } = inspection;
  const all = asking(inspection, depth);
  const ask = async <T>(dialogue: Dialogue<Found<T>>): Promise<Found<T>> => (await all(dialogue)).found;
  const head = { target: target.label, dataSet: titleOf(dataSet) };
  const fields = await ask(depth.fields(dataSet));
  const known = fields.tag === "found" ? fields.value : [];
  const classified = classify(known);
  const isPointless = fields.tag === "not" && depth.needsFields === true;
  const counts = isPointless ? fields : await ask(depth.counts(dataSet, known, classified));
  const persons =
    person !== undefined && depth.persons !== undefined && known.some((field) => isCalled(depth, field, person))
      ? await ask(depth.persons(dataSet, person, known))
      : undefined;
  const why = whyNot(fields, counts);
  const told = (count: Count): Count => (isPart(fields) ? { kind: "at-least", value: leastOf(count) } : count);
  return {
    ...head,
    ...(why === undefined ? {} : { notCounted: why }),
    ...(counts.tag === "found" ? { records: told(counts.value.records) } : {}),
    ...(persons?.tag === "found" ? { persons: told(persons.value) } : person === undefined ? {} : { isPersonsUnknown: true as const }),
    categories: [...classified.keys()].map((key) => {
      const count = counts.tag === "found" ? counts.value.byCategory.get(key) : undefined;
      return categoryOf(key, allows, count === undefined ? undefined : told(count));
    }),
  };
}

/** Of a part of the fields each number is at least so much. An estimate that says nothing of what is behind it may be more than there is. */
function leastOf({ kind, value, low }: Count): number {
  return low ?? (kind === "about" ? 0 : value);
}

function isCalled(depth: Depth, field: Field, name: string): boolean {
  return depth.isCalled === undefined ? field.name === name : depth.isCalled(field, name);
}

function isPart(found: Found<unknown>): boolean {
  return found.tag === "found" && found.isPart === true;
}

function whyNot(fields: Found<unknown>, counts: Found<unknown>): NotCounted | undefined {
  if (fields.tag === "not") return fields.why;
  if (counts.tag === "not") return counts.why;
  return isPart(fields) ? "too-long" : undefined;
}

function titleOf(dataSet: string): string {
  return dataSet === "" ? "all of it" : dataSet;
}
