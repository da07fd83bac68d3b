/** `login:` of vitrine.yaml: where people log in, and which values of a claim give which role. */
import type { LoginDeclaration } from "../declaration.ts";
import type { Located } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { FileShape } from "./schema.ts";

export function parseLogin(
  { login }: FileShape,
  { located, problems }: { readonly located: Located; readonly problems: Problems },
): { readonly login?: LoginDeclaration } {
  const oidc = login?.oidc;
  if (oidc === undefined) return {};
  if (!isSafe(oidc.issuer))
    problems.add(
      "policy/login-insecure",
      located.place(["login", "oidc", "issuer"]),
      "The issuer is not an https address (http on loopback alone).",
    );
  const { viewer, analyst, responder, admin } = oidc.roles;
  if ([viewer, analyst, responder, admin].every((values) => values === undefined))
    problems.add("policy/missing", located.place(["login", "oidc", "roles"], "key"), "`login.oidc.roles` gives nobody a role.");
  const roles = {
    ...(viewer === undefined ? {} : { viewer }),
    ...(analyst === undefined ? {} : { analyst }),
    ...(responder === undefined ? {} : { responder }),
    ...(admin === undefined ? {} : { admin }),
  };
  return {
    login: {
      issuer: oidc.issuer,
      clientId: oidc.client_id,
      scope: oidc.scope ?? "openid profile email",
      roleClaim: oidc.role_claim ?? "groups",
      nameClaim: oidc.name_claim ?? "email",
      roles,
    },
  };
}

/** What the browser and we are sent to: nobody in between may read or change it. */
function isSafe(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname));
}
