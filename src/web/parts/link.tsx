/** A link to a view: an ordinary one, so that it can be opened in another tab, copied, and reached by keyboard. */
import type { ComponentChildren, JSX } from "preact";
import { addressOfView, show } from "../state/use-view.ts";
import type { View } from "../state/view.ts";

export function Link({
  to,
  children,
  onFollow,
  ...rest
}: {
  readonly to: View;
  readonly children: ComponentChildren;
  readonly onFollow?: () => void;
  readonly class?: string;
  readonly "aria-current"?: "page" | undefined;
  readonly "aria-expanded"?: boolean;
  readonly "aria-label"?: string;
}): JSX.Element {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onFollow?.();
    show(to);
  };
  return (
    <a href={addressOfView(to)} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
