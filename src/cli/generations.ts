/**
 * Which generations of the mirror there are, and what each is for. Pure: events in, the next list out; the driver in server.ts
 * stores the list (one row each, replaced in one transaction) and then does what `wants` says.
 *
 *                     caught-up                     superseded               slot-gone
 *   (new) ─▶ building ─────────▶ serving ─────────────────────▶ retiring ─────────────▶ (deleted)
 *               │ unusable, broken  │ unusable     ▲ superseded     ▲
 *               └───────────────────┼──────────────┼────────────────┘   lost: from each of the three to retiring
 *                                   ▼              │
 *                                 frozen ──────────┘   (answers go on from it, nothing reaches it any more)
 *
 * Invariants: at most one generation serves (serving or frozen) and at most one builds; without a serving one, one builds; a
 * generation that cannot go on has one being built beside it; numbers are never used again.
 */
export const generationRoles = ["building", "serving", "frozen", "retiring"] as const;
export type GenerationRole = (typeof generationRoles)[number];

export interface Generation {
  readonly number: number;
  readonly role: GenerationRole;
  /** Name of its replication slot; empty once that is known to be gone. */
  readonly slot: string;
  /** Why it was begun: a stable word. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export const generationEvents = ["unusable", "broken", "lost", "caught-up", "slot-gone"] as const;
export type GenerationEventTag = (typeof generationEvents)[number];

/** Something that was learnt about generation `number`. */
export interface GenerationEvent {
  /**
   * unusable: its reader cannot go on (policy, key, schema or source differ; slot lost). broken: the stream goes on, but what it
   * missed can only be mended by building anew. lost: its store is missing, damaged or of another version, so that nothing answers from
   * it. caught-up: as far as the serving one, and compared. slot-gone: dropped or never there.
   */
  readonly tag: GenerationEventTag;
  readonly number: number;
  readonly reason: string;
}

/** What is needed to begin another one. */
export interface Begin {
  readonly number: number;
  readonly slot: string;
  readonly at: number;
}

/** The first list: one generation is built when none is there. */
export function startGenerations(list: readonly Generation[], begin: Begin): readonly Generation[] {
  return list.some((one) => one.role !== "retiring") ? list : [...list, beginning(begin, "first-start")];
}

/** The whole transition table: what becomes of the list when `event` is heard of a generation in a role. */
const transitions: Readonly<
  Record<
    GenerationRole,
    Readonly<Record<GenerationEventTag, "replace" | "freeze" | "abandon" | "beside" | "switch" | "drop-slot" | "delete" | "nothing">>
  >
> = {
  building: { unusable: "replace", broken: "replace", lost: "abandon", "caught-up": "switch", "slot-gone": "nothing" },
  serving: { unusable: "freeze", broken: "beside", lost: "abandon", "caught-up": "nothing", "slot-gone": "nothing" },
  frozen: { unusable: "nothing", broken: "nothing", lost: "abandon", "caught-up": "nothing", "slot-gone": "drop-slot" },
  retiring: { unusable: "nothing", broken: "nothing", lost: "nothing", "caught-up": "nothing", "slot-gone": "delete" },
};

/** Returns the same list when nothing changes. */
export function afterEvent(list: readonly Generation[], event: GenerationEvent, begin: Begin): readonly Generation[] {
  const subject = list.find((one) => one.number === event.number);
  if (subject === undefined) return list;
  const as = (role: GenerationRole): readonly Generation[] => list.map((one) => (one === subject ? { ...one, role } : one));
  const others = list.filter((one) => one !== subject);
  switch (transitions[subject.role][event.tag]) {
    case "nothing":
      return list;
    case "replace":
      return [...as("retiring"), beginning(begin, event.reason)];
    case "freeze":
      return withBuilding(as("frozen"), begin, event.reason);
    case "abandon":
      return withBuilding(subject.slot === "" ? others : as("retiring"), begin, event.reason);
    case "beside":
      return withBuilding(list, begin, event.reason);
    case "switch":
      return [
        ...others.map((one) => ({ ...one, role: "retiring" as const })).filter((one) => one.slot !== ""),
        { ...subject, role: "serving" },
      ];
    case "drop-slot":
      return [...others, { ...subject, slot: "" }];
    case "delete":
      return others;
  }
}

function withBuilding(list: readonly Generation[], begin: Begin, reason: string): readonly Generation[] {
  return list.some((one) => one.role === "building") ? list : [...list, beginning(begin, reason)];
}

function beginning(begin: Begin, reason: string): Generation {
  return { number: begin.number, role: "building", slot: begin.slot, reason, createdAt: begin.at };
}

/** What a generation needs of the supervisor: a reader that streams, one that drops the slot and ends, or none. */
export function readerFor(generation: Generation): "stream" | "drop-slot" | "none" {
  switch (generation.role) {
    case "building":
    case "serving":
      return "stream";
    case "frozen":
    case "retiring":
      return generation.slot === "" ? "none" : "drop-slot";
  }
}

/** The generation whose numbers are shown: what serves, else what is being built. */
export function shown(list: readonly Generation[]): Generation | undefined {
  return list.find((one) => one.role === "serving" || one.role === "frozen") ?? list.find((one) => one.role === "building");
}

/** Everything that must be true of a list; returns the names of those that are not. */
export function brokenInvariants(list: readonly Generation[]): readonly string[] {
  const count = (...roles: GenerationRole[]): number => list.filter((one) => roles.includes(one.role)).length;
  return [
    count("serving", "frozen") > 1 ? "one-serves" : "",
    count("building") > 1 ? "one-builds" : "",
    count("serving", "frozen") === 0 && count("building") === 0 ? "something-answers" : "",
    count("frozen") > 0 && count("building") === 0 ? "frozen-is-replaced" : "",
    new Set(list.map((one) => one.number)).size < list.length ? "numbers-once" : "",
  ].filter((name) => name !== "");
}

/** `vitrine_<8 hex of installation>_<number>`: lower case, at most 63 bytes, as PostgreSQL wants it. */
export function slotName(installation: string, number: number): string {
  return `vitrine_${installation}_${number}`;
}
