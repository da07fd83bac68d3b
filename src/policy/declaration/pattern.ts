/**
 * The patterns of `match`: a small syntax in which no pattern can run long and none can say "anything". Literals, `\d`, `\w`,
 * escapes, classes such as `[A-Z0-9-]`, groups, alternatives, `?`, `*`, `+`, `{m,n}`. Refused: `.`, negated classes,
 * look-around, back-references, an unbounded repetition inside another. Matching simulates the automaton, so its time is
 * bounded by length × states, and is always over the whole text (anchored on both sides).
 */
import { unreachable } from "../../lib/assert.ts";

type Ranges = readonly (readonly [number, number])[];

type Node =
  | { readonly tag: "set"; readonly ranges: Ranges }
  | { readonly tag: "sequence"; readonly parts: readonly Node[] }
  | { readonly tag: "either"; readonly parts: readonly Node[] }
  | { readonly tag: "repeat"; readonly part: Node; readonly min: number; readonly max: number };

/** A compiled pattern: `test` says whether the whole text matches. */
export interface Pattern {
  readonly test: (text: string) => boolean;
}

/** What is wrong with a pattern: a reason without its text, and where in it (0-based). */
export interface PatternProblem {
  readonly reason: string;
  readonly at: number;
}

const repeatMax = 100;
const statesMax = 2_000;
const patternLengthMax = 500;

const digit: Ranges = [[48, 57]];
const word: Ranges = [...digit, [65, 90], [95, 95], [97, 122]];

/** Compiles a pattern, or says why it is refused. */
export function compilePattern(source: string): Pattern | PatternProblem {
  if (source.length > patternLengthMax) return { reason: `it is longer than ${patternLengthMax} characters`, at: patternLengthMax };
  const parser = new Parser(source);
  try {
    const node = parser.parse();
    const states: State[] = [];
    const start = build(node, add(states, { tag: "end" }), states);
    return { test: (text) => simulate(states, start, text) };
  } catch (error) {
    if (error instanceof Refused) return { reason: error.message, at: error.at ?? parser.at };
    throw error;
  }
}

class Refused extends Error {
  readonly at: number | undefined;
  constructor(reason: string, at?: number) {
    super(reason);
    this.at = at;
  }
}

class Parser {
  readonly #text: readonly string[];
  at = 0;

  constructor(source: string) {
    this.#text = Array.from(source);
  }

  parse(): Node {
    if (this.#peek() === "^") this.at += 1; // The anchors are implied; saying them does no harm.
    const node = this.#either();
    if (this.#peek() === "$" && this.at === this.#text.length - 1) this.at += 1;
    if (this.at < this.#text.length)
      throw new Refused(this.#peek() === ")" ? "a `)` without its `(`" : "an anchor is allowed at the ends only");
    return node;
  }

  #peek(): string | undefined {
    return this.#text[this.at];
  }

  #either(): Node {
    const parts = [this.#sequence()];
    while (this.#peek() === "|") {
      this.at += 1;
      parts.push(this.#sequence());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { tag: "either", parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      if (next === "$" || next === "^") break;
      parts.push(this.#repeated(this.#atom(next)));
    }
    return { tag: "sequence", parts };
  }

  #atom(next: string): Node {
    const start = this.at;
    this.at += 1;
    switch (next) {
      case "(":
        return this.#group();
      case "[":
        return { tag: "set", ranges: this.#class() };
      case "\\":
        return { tag: "set", ranges: this.#escape() };
      case ".":
        throw new Refused("`.` allows anything; name a class of characters, or write `\\.`", start);
      case "*":
      case "+":
      case "?":
      case "{":
      case "}":
      case "]":
        throw new Refused(`a \`${next}\` that belongs to nothing (write \`\\${next}\` for the character)`, start);
      default:
        return { tag: "set", ranges: single(next) };
    }
  }

  #group(): Node {
    const start = this.at - 1;
    if (this.#peek() === "?") {
      if (this.#text[this.at + 1] !== ":") throw new Refused("only `(…)` and `(?:…)` are known, no look-around and no names", start);
      this.at += 2;
    }
    const node = this.#either();
    if (this.#peek() !== ")") throw new Refused("a `(` without its `)`", start);
    this.at += 1;
    return node;
  }

  #escape(): Ranges {
    const next = this.#peek();
    const at = this.at - 1;
    this.at += 1;
    if (next === "d") return digit;
    if (next === "w") return word;
    if (next !== undefined && /^[^A-Za-z0-9]$/u.test(next)) return single(next);
    throw new Refused("an escape that is not known (`\\d`, `\\w`, or a sign such as `\\.`)", at);
  }

  #class(): Ranges {
    const start = this.at - 1;
    if (this.#peek() === "^") throw new Refused("a negated class allows almost anything; name the characters", start);
    const ranges: (readonly [number, number])[] = [];
    for (;;) {
      const next = this.#peek();
      if (next === undefined) throw new Refused("a `[` without its `]`", start);
      this.at += 1;
      if (next === "]") break;
      const low = next === "\\" ? this.#escape() : single(next);
      ranges.push(...(this.#peek() === "-" && this.#text[this.at + 1] !== "]" ? [this.#range(low, start)] : low));
    }
    if (ranges.length === 0) throw new Refused("an empty class", start);
    return ranges;
  }

  /** The rest of `a-z`, at its `-`. */
  #range(low: Ranges, start: number): readonly [number, number] {
    this.at += 1;
    const end = this.#peek();
    if (end === undefined) throw new Refused("a `[` without its `]`", start);
    this.at += 1;
    const high = end === "\\" ? this.#escape() : single(end);
    const from = oneCharacter(low);
    const to = oneCharacter(high);
    if (from === undefined || to === undefined || to < from) throw new Refused("a range of characters that is none", start);
    return [from, to];
  }

  #repeated(part: Node): Node {
    const at = this.at;
    const counts = this.#quantifier();
    if (counts === undefined) return part;
    if (counts.max === Infinity && unbounded(part)) throw new Refused("an unbounded repetition inside another", at);
    const next = this.#peek();
    if (next === "?" || next === "+" || next === "*" || next === "{") throw new Refused("two repetitions in a row", at);
    return { tag: "repeat", part, ...counts };
  }

  #quantifier(): { min: number; max: number } | undefined {
    const next = this.#peek();
    const simple =
      next === "?" ? { min: 0, max: 1 } : next === "*" ? { min: 0, max: Infinity } : next === "+" ? { min: 1, max: Infinity } : undefined;
    if (simple !== undefined) {
      this.at += 1;
      return simple;
    }
    if (next !== "{") return undefined;
    const rest = this.#text.slice(this.at, this.at + 16).join("");
    const [whole, low, comma, high] = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(rest) ?? [];
    if (whole === undefined) throw new Refused("a repetition is `{m}`, `{m,}` or `{m,n}`");
    const min = Number(low);
    const max = comma === undefined ? min : high === "" ? Infinity : Number(high);
    if (min > repeatMax || (max !== Infinity && (max > repeatMax || max < min)))
      throw new Refused(`a repetition counts upwards to at most ${repeatMax}`);
    this.at += whole.length;
    return { min, max };
  }
}

function single(character: string): Ranges {
  const code = character.codePointAt(0) ?? 0;
  return [[code, code]];
}

function oneCharacter(ranges: Ranges): number | undefined {
  const [first, second] = ranges;
  return second === undefined && first?.[0] === first?.[1] ? first?.[0] : undefined;
}

function unbounded(node: Node): boolean {
  switch (node.tag) {
    case "set":
      return false;
    case "sequence":
    case "either":
      return node.parts.some(unbounded);
    case "repeat":
      return node.max === Infinity || unbounded(node.part);
    default:
      return unreachable(node);
  }
}

type State =
  | { readonly tag: "end" }
  | { readonly tag: "set"; readonly ranges: Ranges; readonly next: number }
  /** Goes on at any of these without reading. Filled in late for loops. */
  | { readonly tag: "split"; readonly next: number[] };

function add(states: State[], state: State): number {
  if (states.length >= statesMax) throw new Refused("it is too large once its repetitions are written out");
  return states.push(state) - 1;
}

/** Builds backwards: returns the state at which `node` begins when it goes on at `next`. */
function build(node: Node, next: number, states: State[]): number {
  switch (node.tag) {
    case "set":
      return add(states, { tag: "set", ranges: node.ranges, next });
    case "sequence":
      return node.parts.reduceRight((after, part) => build(part, after, states), next);
    case "either":
      return add(states, { tag: "split", next: node.parts.map((part) => build(part, next, states)) });
    case "repeat":
      return buildRepeat(node, next, states);
    default:
      return unreachable(node);
  }
}

function buildRepeat(node: Extract<Node, { tag: "repeat" }>, next: number, states: State[]): number {
  let after = next;
  if (node.max === Infinity) {
    const targets = [next];
    const loop = add(states, { tag: "split", next: targets });
    targets.unshift(build(node.part, loop, states));
    after = loop;
  } else {
    for (let i = node.min; i < node.max; i += 1) after = add(states, { tag: "split", next: [build(node.part, after, states), next] });
  }
  for (let i = 0; i < node.min; i += 1) after = build(node.part, after, states);
  return after;
}

function simulate(states: readonly State[], start: number, text: string): boolean {
  let now = closure(states, [start]);
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const next: number[] = [];
    for (const index of now) {
      const state = states[index];
      if (state?.tag === "set" && state.ranges.some(([low, high]) => code >= low && code <= high)) next.push(state.next);
    }
    if (next.length === 0) return false;
    now = closure(states, next);
  }
  return [...now].some((index) => states[index]?.tag === "end");
}

function closure(states: readonly State[], from: readonly number[]): Set<number> {
  const seen = new Set<number>();
  const open = [...from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const state = states[index];
    if (state?.tag === "split") open.push(...state.next);
  }
  return seen;
}
