/** `vantages:`: the places elsewhere from which assets are checked, too, each with what proves its path. */
import type { ControlEndpoint, VantageDeclaration } from "../declaration.ts";
import type { Located } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { VantagesShape } from "./schema.ts";

/** The watch itself is called so in `expect`. */
const reserved = "here";

export function parseVantages(
  shape: VantagesShape,
  { located, problems }: { readonly located: Located; readonly problems: Problems },
): readonly VantageDeclaration[] {
  if (Object.hasOwn(shape, reserved))
    problems.add("policy/invalid", located.place(["vantages", reserved], "key"), "`here` is the watch itself. A vantage has another name.");
  return Object.entries(shape).map(([name, { control }]) => ({
    name,
    controls: control.flatMap((text, i) => {
      const endpoint = endpointOf(text);
      if (endpoint === undefined)
        problems.add("policy/invalid", located.place(["vantages", name, "control", i]), "A control is `tcp://HOST:PORT` and nothing else.");
      return endpoint ?? [];
    }),
  }));
}

function endpointOf(text: string): ControlEndpoint | undefined {
  const [, bare = "", bracketed = "", port = ""] =
    /^tcp:\/\/(?:([A-Za-z0-9._-]{1,253})|\[([0-9A-Fa-f:.]{2,45})\]):([0-9]{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? { host: bare === "" ? bracketed : bare, port: number } : undefined;
}
