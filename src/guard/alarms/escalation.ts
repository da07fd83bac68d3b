/**
 * Who is told next of an alarm that stands: the next person while nobody has acknowledged it, the same ones again after a while, quietly once somebody
 * takes care. A pure function of what is kept with the alarm and the time; it reads no clock.
 */

export interface Standing {
  /** Milliseconds since 1970, of the alarm's first message. */
  readonly since: number;
  readonly severity: string;
  readonly acknowledgedAt: number | undefined;
  /** The last step that was told; 0 the first. */
  readonly step: number;
  /** When it is told again; undefined: not yet decided. */
  readonly nextAt: number | undefined;
}

export type Duty =
  | { readonly tag: "escalate"; readonly step: number; readonly nextAt: number }
  | { readonly tag: "repeat"; readonly isQuiet: boolean; readonly nextAt: number }
  /** Nothing is to be told; the time of the next repeat is to be kept. */
  | { readonly tag: "wait"; readonly nextAt: number }
  | undefined;

/** Between two messages about the same alarm: while nobody has acknowledged it, and after that. */
export const repeatMs = { loud: 30 * 60_000, quiet: 4 * 3_600_000 } as const;

/** `stepsAfterMs`: for each step, how long an alarm stands unacknowledged before it is told. */
export function dutyOf({ since, severity, acknowledgedAt, step, nextAt }: Standing, stepsAfterMs: readonly number[], nowMs: number): Duty {
  const isQuiet = acknowledgedAt !== undefined || severity !== "page";
  const everyMs = isQuiet ? repeatMs.quiet : repeatMs.loud;
  const nextAfterMs = isQuiet ? undefined : stepsAfterMs[step + 1];
  if (nextAfterMs !== undefined && nowMs - since >= nextAfterMs) return { tag: "escalate", step: step + 1, nextAt: nowMs + everyMs };
  // Also where the clock was set back: nobody would be told for hours then.
  if (nextAt === undefined || nextAt > nowMs + everyMs) return { tag: "wait", nextAt: nowMs + everyMs };
  return nowMs >= nextAt ? { tag: "repeat", isQuiet, nextAt: nowMs + everyMs } : undefined;
}
