/**
 * Named places at which a process can be made to kill itself, so that the kill harness hits exactly the moments that matter.
 * The hook comes in as a parameter; only the roots in cli/ bind it to the environment (VITRINE_CRASH_AT).
 */
export const crashPoints = [
  "reader-after-hello",
  "reader-mid-snapshot",
  "reader-before-snapshot-end",
  "reader-before-commit-sent",
  "reader-after-ack",
  "server-after-start",
  "server-mid-load",
  "server-before-commit",
  "server-after-commit-before-ack",
  "server-before-switch",
  "server-after-switch",
  "server-before-retire",
  "supervisor-after-spawn",
  "guard-before-kept",
  "guard-after-kept",
  "guard-after-sent",
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** Called at a named point; returns, or does not. */
export type CrashHook = (point: CrashPoint) => void;

/** What production runs with. */
const noCrash: CrashHook = () => undefined;

/** Reads `point` or `point:n` (the n-th time). Returns undefined for anything else. */
function parseCrashAt(text: string): { readonly point: CrashPoint; readonly time: number } | undefined {
  const match = /^([a-z-]+)(?::([1-9]\d{0,5}))?$/.exec(text);
  const point = crashPoints.find((one) => one === match?.[1]);
  return point === undefined ? undefined : { point, time: Number(match?.[2] ?? 1) };
}

/** A hook that calls `kill` when the named point is passed for the n-th time. */
export function crashHook(text: string | undefined, kill: () => void): CrashHook {
  const wanted = text === undefined || text === "" ? undefined : parseCrashAt(text);
  if (wanted === undefined) return noCrash;
  let passed = 0;
  return (point) => {
    if (point !== wanted.point) return;
    passed += 1;
    if (passed === wanted.time) kill();
  };
}
