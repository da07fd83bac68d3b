/** A change against an earlier time: an arrow, a signed number, and against what; whether it is good is not ours to say. */
import type { JSX } from "preact";
import type { Change } from "../numbers/format.ts";

const arrows = { up: "▲", down: "▼", same: "＝" } as const;

export function ChangeChip({ change, against }: { readonly change: Change | undefined; readonly against: string }): JSX.Element {
  if (change === undefined) return <p class="change quiet">nothing to compare with before</p>;
  return (
    <p class="change">
      <span class={`chip is-${change.direction}`}>
        <span aria-hidden="true">{arrows[change.direction]}</span> {change.text}
      </span>{" "}
      <span class="quiet">{against}</span>
    </p>
  );
}
