/** Why an analyst looks at numbers of small groups: asked once per browser session, kept in this tab alone and never in the address. */
const key = "vitrine-reason";
const changed = "vitrine-reason-changed";

/** What the server takes for a reason, in characters. */
export const reasonLength = { min: 3, max: 200 } as const;

/** undefined: protected numbers are shown. */
export function reasonNow(): string | undefined {
  return sessionStorage.getItem(key) ?? undefined;
}

/** undefined: back to protected numbers. */
export function setReason(reason: string | undefined): void {
  if (reason === undefined) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, reason);
  globalThis.dispatchEvent(new Event(changed));
}

/** Returns the end of it. */
export function onReason(tell: () => void): () => void {
  globalThis.addEventListener(changed, tell);
  return () => globalThis.removeEventListener(changed, tell);
}

/** Questions for numbers say why; the catalogue and the copy need no reason. */
export function withReason(path: string, reason: string | undefined): string {
  return reason === undefined || !path.startsWith("/v1/metrics/") ? path : `${path}&reason=${encodeURIComponent(reason)}`;
}
