/**
 * Answers that stay fresh: asked again while somebody looks, from the last answer on, slower while the server does not answer. What was last heard
 * stays on the page and says how old it is.
 */
import { useEffect, useState } from "preact/hooks";
import type { ProblemReport } from "../../api/contract.ts";
import { get } from "./server.ts";
import { hear, forget } from "./freshness.ts";
import { onReason, reasonNow, withReason } from "./reason.ts";

export interface Live<T> {
  readonly value: T | undefined;
  readonly problem: ProblemReport | undefined;
  /** What is shown belongs to an earlier question. */
  readonly pending: boolean;
}

const awayFirstMs = 1_000;
const awayMaxMs = 8_000;
/** A question that cannot be asked, or not by this person, is refused the next time, too. */
const refusedMs = 30_000;

/**
 * Asks `path` again every `everyMs`; undefined: nothing. One call of a page for each thing that it shows. `isPlain`: without the reason.
 * What is asked with a reason stands in the audit log, so it is asked once, and again when somebody does something.
 */
export function useLive<T>(path: string | undefined, everyMs: number, isPlain = false): Live<T> {
  const [state, setState] = useState<{
    readonly path: string | undefined;
    readonly value: T | undefined;
    readonly problem: ProblemReport | undefined;
  }>({
    path: undefined,
    value: undefined,
    problem: undefined,
  });
  const [reason, setReason] = useState(reasonNow);
  useEffect(() => onReason(() => setReason(reasonNow())), []);
  useEffect(() => {
    if (path === undefined) return undefined;
    return poll<T>({ path, reason: isPlain ? undefined : reason, everyMs }, (heard) =>
      setState((before) => ({
        path,
        value: "value" in heard ? heard.value : before.path === path ? before.value : undefined,
        problem: heard.problem,
      })),
    );
  }, [path, everyMs, reason, isPlain]);
  if (path === undefined) return { value: undefined, problem: undefined, pending: false };
  return { value: state.value, problem: state.path === path ? state.problem : undefined, pending: state.path !== path };
}

type Heard<T> = { readonly value: T; readonly problem: undefined } | { readonly problem: ProblemReport };

/** Returns the end of it. */
function poll<T>(
  { path, reason, everyMs }: { readonly path: string; readonly reason: string | undefined; readonly everyMs: number },
  tell: (heard: Heard<T>) => void,
): () => void {
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
    if (reply.tag === "ok") tell({ value: reply.value, problem: undefined });
    if (reply.tag === "refused") tell({ problem: reply.problem });
    const isFinal = reply.tag === "refused" && [403, 422].includes(reply.problem.status);
    again(isFinal ? Math.max(refusedMs, everyMs) : misses === 0 ? everyMs : Math.min(awayMaxMs, awayFirstMs * 2 ** (misses - 1)));
  };
  const seen = (): void => again(0);
  document.addEventListener("visibilitychange", seen);
  globalThis.addEventListener("online", seen);
  void once();
  return () => {
    over.abort();
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
    globalThis.removeEventListener("online", seen);
    forget(path);
  };
}
