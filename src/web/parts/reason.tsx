/** For analysts: why they look at numbers of small groups. In the header, so that nobody forgets that it stands in the audit log. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { onReason, reasonLength, reasonNow, setReason } from "../state/reason.ts";

/** The reason that is given now; the page is drawn anew when it changes. */
export function useReason(): string | undefined {
  const [reason, change] = useState(reasonNow);
  useEffect(() => onReason(() => change(reasonNow())), []);
  return reason;
}

export function Reason(): JSX.Element {
  const reason = useReason();
  const [text, setText] = useState("");
  if (reason !== undefined)
    return (
      <p class="account reason">
        <span>
          Unprotected numbers: <strong>{reason}</strong>
        </span>
        <button type="button" class="plain" onClick={() => setReason(undefined)}>
          Back to protected ones
        </button>
      </p>
    );
  return (
    <details class="filter reason">
      <summary>Show small groups</summary>
      <form
        class="filter-values"
        onSubmit={(event) => {
          event.preventDefault();
          setReason(text.trim());
        }}
      >
        <label>
          <span class="label">Why? It stands in the audit log with your name.</span>
          <input
            type="text"
            name="reason"
            required
            minLength={reasonLength.min}
            maxLength={reasonLength.max}
            value={text}
            onInput={({ currentTarget: { value } }) => setText(value)}
          />
        </label>
        <button type="submit" class="button">
          Show unprotected numbers
        </button>
      </form>
    </details>
  );
}
