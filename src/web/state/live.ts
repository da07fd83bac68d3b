/**
 * Answers that stay fresh: asked again while somebody looks, from the last answer on, slower while the server does not answer. What was last heard
 * stays on the page and says how old it is.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ProblemReport } from "../../api/contract.ts";
import type { Reply } from "./server.ts";
import { get } from "./server.ts";
import { hear, forget } from "./freshness.ts";
import { onReason, reasonNow, withReason } from "./reason.ts";

export interface Live<T> {
  readonly value: T | undefined;
  readonly problem: ProblemReport | undefined;
  /** What is shown belongs to an earlier question. */
  readonly pending: boolean;
  /** The last time it was asked no answer came. */
  readonly isAway: boolean;
}

export interface LiveOptions {
  /** Without the reason. */
  readonly isPlain?: boolean;
  /** Another number each time when something is said to have changed: it is asked at once. */
  readonly nudge?: number;
}

const awayFirstMs = 1_000;
const awayMaxMs = 8_000;
/** A question that cannot be asked, or not by this person, is refused the next time, too. */
const refusedMs = 30_000;

/**
 * Asks `path` again every `everyMs`; undefined: nothing. One call of a page for each thing that it shows.
 * What is asked with a reason stands in the audit log, so it is asked once, and again when somebody does something.
 */
export function useLive<T>(path: string | undefined, everyMs: number, { isPlain = false, nudge = 0 }: LiveOptions = {}): Live<T> {
  const [state, setState] = useState<{
    readonly path: string | undefined;
    readonly value: T | undefined;
    readonly problem: ProblemReport | undefined;
    readonly isAway: boolean;
  }>({
    path: undefined,
    value: undefined,
    problem: undefined,
    isAway: false,
  });
  const asking = useRef<Asking>(undefined);
  const [reason, setReason] = useState(reasonNow);
  useEffect(() => onReason(() => setReason(reasonNow())), []);
  useEffect(() => {
    if (path === undefined) return undefined;
    asking.current = poll<T>({ path, reason: isPlain ? undefined : reason, everyMs }, (heard) =>
      setState((before) => {
        const old = before.path === path ? before : { value: undefined, problem: undefined };
        if (heard.tag === "away") return [path, undefined].includes(before.path) ? { ...before, path, isAway: true } : before;
        if (heard.tag === "ok") return { path, value: heard.value, problem: undefined, isAway: false };
        return { path, value: old.value, problem: heard.problem, isAway: false };
      }),
    );
    return asking.current.end;
  }, [path, everyMs, reason, isPlain]);
  useEffect(() => (nudge === 0 ? undefined : asking.current?.now()), [nudge]);
  if (path === undefined) return { value: undefined, problem: undefined, pending: false, isAway: false };
  const isOwn = state.path === path;
  return { value: state.value, problem: isOwn ? state.problem : undefined, pending: !isOwn, isAway: isOwn && state.isAway };
}

interface Asking {
  readonly now: () => void;
  readonly end: () => void;
}

function poll<T>(
  { path, reason, everyMs }: { readonly path: string; readonly reason: string | undefined; readonly everyMs: number },
  tell: (heard: Reply<T>) => void,
): Asking {
  const asked = withReason(path, reason);
  const isOnce = asked !== path;
  let isAnswered = false;
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let misses = 0;
  const again = (ms: number): void => {
    clearTimeout(timer);
    if (!over.signal.aborted && !(isOnce && isAnswered) && document.visibilityState === "visible")
      timer = setTimeout(() => void once(), ms);
  };
  const once = async (): Promise<void> => {
    const reply = await get<T>(asked, over.signal);
    if (over.signal.aborted) return;
    isAnswered = reply.tag !== "away";
    // Of what is asked once the page says when; how fresh the copy is, is said by what is asked all the time.
    if (!isOnce || reply.tag === "refused") hear(path, reply, performance.now());
    misses = reply.tag === "away" ? misses + 1 : 0;
    tell(reply);
    const isFinal = reply.tag === "refused" && [403, 422].includes(reply.problem.status);
    again(isFinal ? Math.max(refusedMs, everyMs) : misses === 0 ? everyMs : Math.min(awayMaxMs, awayFirstMs * 2 ** (misses - 1)));
  };
  const seen = (): void => again(0);
  document.addEventListener("visibilitychange", seen);
  globalThis.addEventListener("online", seen);
  void once();
  const end = (): void => {
    over.abort();
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
    globalThis.removeEventListener("online", seen);
    forget(path);
  };
  return { now: seen, end };
}
