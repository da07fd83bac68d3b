/** The view of this window, in its address. Every change is a step that the back button takes back. */
import { useEffect, useState } from "preact/hooks";
import type { View } from "./view.ts";
import { readView, writeView } from "./view.ts";

export type Show = (view: View, options?: { readonly replace?: boolean }) => void;

const moved = "vitrine-moved";

export function useView(): readonly [View, Show] {
  const [view, setView] = useState(() => readView(location.search));
  useEffect(() => {
    const read = (): void => setView(readView(location.search));
    globalThis.addEventListener("popstate", read);
    globalThis.addEventListener(moved, read);
    return () => {
      globalThis.removeEventListener("popstate", read);
      globalThis.removeEventListener(moved, read);
    };
  }, []);
  return [view, show];
}

export const show: Show = (view, options) => {
  const address = addressOfView(view);
  if (options?.replace === true) history.replaceState(null, "", address);
  else if (address !== location.pathname + location.search) history.pushState(null, "", address);
  globalThis.dispatchEvent(new Event(moved));
};

export function addressOfView(view: View): string {
  return `/${writeView(view)}`;
}
