/** A piece of a series' line, beside its name. */
import type { JSX } from "preact";
import type { Stroke } from "./strokes.ts";

export function Swatch({ stroke }: { readonly stroke: Stroke }): JSX.Element {
  return (
    <svg class="swatch" viewBox="0 0 28 8" aria-hidden="true" focusable="false">
      <path d="M1 4h26" style={{ stroke: `var(${stroke.colour})`, strokeDasharray: stroke.dash.join(" ") }} />
    </svg>
  );
}
