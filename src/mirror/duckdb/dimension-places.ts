/**
 * A dimension's integers by ref of an entity, close together: splitting millions of entities reads nothing else. Made when first
 * asked for and kept up with every commit; where something that entities refer to changes, made anew when next asked for.
 */
import type { ColumnPath } from "../cuboid.ts";
import type { DimensionReading } from "../reading.ts";
import type { EntityMemory } from "./entities.ts";
import type { Entities } from "./follow.ts";
import { dimensionOf, referred } from "./follow.ts";

/** More different integers than this do not fit into 16 bits. */
const narrowMax = 1 << 16;

/** What of an entity on the way decides: its column, or that it is there. */
interface Step {
  readonly entity: EntityMemory;
  readonly column: string;
  /** Refs given out when the places were last right: nothing that is older refers to later ones. */
  known: number;
  /** Of the entity, when the places were last right. */
  version: number;
}

export class DimensionPlaces implements DimensionReading {
  readonly #memory: Entities;
  readonly #entity: EntityMemory;
  readonly #path: ColumnPath;
  readonly #countOf: (entity: string) => number;
  readonly #steps: readonly Step[];
  readonly #placeOf = new Map<number, number>();
  places: Uint16Array | Int32Array = new Uint16Array(0);
  codes: number[] = [];
  /** Refs below it have their place. */
  #placed = 0;
  #isStale = true;

  /** `countOf`: refs of an entity that were given out. */
  constructor(
    memory: Entities,
    options: { readonly entity: EntityMemory; readonly path: ColumnPath; readonly countOf: (entity: string) => number },
  ) {
    this.#memory = memory;
    this.#entity = options.entity;
    this.#path = options.path;
    this.#countOf = options.countOf;
    this.#steps = stepsOf(memory, options.entity, options.path);
  }

  /** With every ref that was given out. Entities must be as they were committed. */
  read(): this {
    if (this.#isStale || this.#steps.some(({ entity, version }) => entity.version !== version)) this.#restart();
    const count = this.#countOf(this.#entity.table.name);
    if (this.#placed === count) return this;
    this.#grow(count);
    const integerOf = dimensionOf(this.#memory, this.#entity, this.#path);
    for (let ref = this.#placed; ref < count; ref += 1) this.#put(ref, integerOf(ref));
    this.#placed = count;
    return this;
  }

  /** Before a commit: what it changes. */
  follow(): void {
    if (this.#isStale) return;
    const [first, ...others] = this.#steps;
    // What somebody may refer to is another: nobody knows who does.
    this.#isStale = others.some(({ entity, column, known }) => entity.changed(column).some((ref) => ref < known));
    for (const step of this.#steps) step.known = this.#countOf(step.entity.table.name);
    if (this.#isStale || first === undefined) return;
    const integerOf = dimensionOf(this.#memory, this.#entity, this.#path);
    for (const ref of first.entity.changed(first.column)) if (ref < this.#placed) this.#put(ref, integerOf(ref));
  }

  #restart(): void {
    this.#placeOf.clear();
    this.codes = [];
    this.places = new Uint16Array(0);
    this.#placed = 0;
    for (const step of this.#steps) {
      step.known = this.#countOf(step.entity.table.name);
      step.version = step.entity.version;
    }
    this.#isStale = false;
  }

  #grow(count: number): void {
    if (count <= this.places.length) return;
    const size = Math.ceil(count * 1.0625);
    const larger = this.places instanceof Uint16Array ? new Uint16Array(size) : new Int32Array(size);
    larger.set(this.places);
    this.places = larger;
  }

  #put(ref: number, code: number): void {
    // First the place: it may make the array another one.
    const place = this.#placeOf.get(code) ?? this.#add(code);
    this.places[ref] = place;
  }

  #add(code: number): number {
    const place = this.codes.push(code) - 1;
    this.#placeOf.set(code, place);
    if (place === narrowMax) this.places = Int32Array.from(this.places);
    return place;
  }
}

function stepsOf(memory: Entities, entity: EntityMemory, path: ColumnPath): readonly Step[] {
  const steps: Step[] = [];
  let at = entity;
  for (const column of path.refs) {
    steps.push({ entity: at, column, known: 0, version: -1 });
    at = referred(memory, at, column);
  }
  return [...steps, { entity: at, column: path.column, known: 0, version: -1 }];
}
