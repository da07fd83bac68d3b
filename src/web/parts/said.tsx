/** A sentence of the server's: what stands between backticks is typed, not said. */
import type { JSX } from "preact";

export function Said({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split("`");
  return <span>{parts.map((part, i) => (i % 2 === 1 && i < parts.length - 1 ? <code key={i}>{part}</code> : part))}</span>;
}
