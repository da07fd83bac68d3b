/** One POST to a receiver of alarms. Redirects are not followed, and nothing of the answer is kept but its status. */

export type Delivery =
  | { readonly tag: "delivered" }
  /** Tried again later. */
  | { readonly tag: "failed"; readonly because: string };

const limitMs = 10_000;

export async function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Delivery> {
  const own = { "content-type": "application/json", "user-agent": "vitrine-guard", ...headers };
  try {
    const response = await fetch(url, { method: "POST", headers: own, body, redirect: "manual", signal: AbortSignal.timeout(limitMs) });
    await response.body?.cancel();
    return response.ok ? { tag: "delivered" } : { tag: "failed", because: `The receiver answered ${response.status}.` };
  } catch {
    return { tag: "failed", because: "The receiver did not answer." };
  }
}
