/**
 * What is asked of a store that is open and proved to be the owner's, after the alarm went out: names of fields, then numbers. Each is a dialogue
 * like the gate's: literal requests, a pure function. What follows from an answer (a count of the fields that it named) is another dialogue.
 */
import type { Dialogue } from "../checks/checker.ts";
import type { Classified, Field } from "./classify.ts";
import type { CategoryKey } from "./categories.ts";
import type { Count, NotCounted } from "./readable.ts";

/** What was asked for, or why it is not there. `isPart`: there is more of it than was asked for. */
export type Found<T> =
  | {
      readonly tag: "found";
      readonly value: T;
      readonly isPart?: true;
      /** One conversation did not show all: what to ask next. Its value is of all that was heard, the former included. */
      readonly more?: Dialogue<Found<T>>;
    }
  | { readonly tag: "not"; readonly why: NotCounted };

/** What the store says it is, and no other store says; a name of that kind of proof. */
export interface Proof {
  readonly kind: string;
  ask(): Dialogue<Found<string>>;
}

export interface Counts {
  readonly records: Count;
  readonly byCategory: ReadonlyMap<CategoryKey, Count>;
}

interface Provable {
  /** The strongest first: of those that were recorded and are said now, it decides. */
  readonly identities: readonly Proof[];
  /** Its owner's login may be told to it; absent: it is asked as anybody would. */
  readonly takesLogin?: true;
  /** Which of the names that stand in the declaration are data sets; absent: each. */
  dataSets?(names: readonly string[], user: string | undefined): readonly string[];
}

/** A store of records with fields. `OwnField`: what a service notes of a field beside its name, for its own counting. */
export interface Depth<OwnField extends Field = Field> extends Provable {
  /** Without the fields nothing can be counted. */
  readonly needsFields?: true;
  /** Of one data set: names and types. */
  fields(dataSet: string): Dialogue<Found<readonly OwnField[]>>;
  counts(dataSet: string, fields: readonly OwnField[], classified: Classified): Dialogue<Found<Counts>>;
  /** Distinct values of the field that says which person a record is of. */
  persons?(dataSet: string, field: string, all: readonly OwnField[]): Dialogue<Found<Count>>;
  /** Whether a person who declares this name means the field; absent: where it is its name. */
  isCalled?(field: OwnField, name: string): boolean;
}

/** A store of records that have names and no fields: what is known of them is what their names say. */
export interface DepthOfNames extends Provable {
  names(dataSet: string): Dialogue<Found<Counts>>;
}
