/** Bugs stop the process: these three are for what cannot happen, never for input. Messages carry names only, never values. */

/** Throws when a condition that our own code guarantees does not hold. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`bug: ${what}`);
}

/** Returns the value, or throws when it is absent where our own code guarantees it. */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`bug: no ${what}`);
  return value;
}

/** Ends an exhaustive `switch`: does not compile while a case is missing. */
export function unreachable(_value: never): never {
  throw new Error("bug: a case that the types rule out");
}
