/** Puts a text on the clipboard, and says whether that worked. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";

const saidMs = 4_000;

export function CopyButton({
  title,
  text,
  said: done,
}: {
  readonly title: string;
  readonly text: () => string;
  readonly said: string;
}): JSX.Element {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setSaid(done);
    } catch {
      setSaid("This browser does not let a page copy.");
    }
    setTimeout(() => setSaid(""), saidMs);
  };
  return (
    <span class="actions">
      <button type="button" class="button" onClick={() => void copy()}>
        {title}
      </button>
      <span class="said" role="status">
        {said}
      </span>
    </span>
  );
}
