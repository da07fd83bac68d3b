/** `oncall:` and `smtp:`: who is told of alarms, in which order, by which ways out. */
import { dirname, resolve } from "node:path";
import type { OncallStep, SmtpDeclaration } from "../declaration.ts";
import type { Located } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { OncallShape, SmtpShape } from "./schema.ts";

interface Reading {
  readonly located: Located;
  readonly problems: Problems;
  /** Paths in it are relative to its folder. */
  readonly file: string;
}

export function parseOncall(
  shape: { readonly oncall?: OncallShape; readonly smtp?: SmtpShape },
  { located, problems, file }: Reading,
): { readonly oncall: readonly OncallStep[]; readonly smtp: SmtpDeclaration | undefined } {
  const at = (path: string): string => resolve(dirname(file), path);
  const refuse = (place: readonly (string | number)[], message: string): void =>
    problems.add("policy/invalid", located.place([...place]), message);
  const shapes = shape.oncall ?? [];
  for (const [i, step] of shapes.entries()) checkStep(step, { i, before: shapes.slice(0, i), hasSmtp: shape.smtp !== undefined, refuse });
  const oncall = shapes.map(({ name, after = 0, mail, webhook, webhook_secret: secret, pagerduty_key: key }): OncallStep => {
    return {
      name,
      afterMs: after * 60_000,
      mail: mail === undefined ? [] : [mail].flat(),
      webhook: webhook === undefined || secret === undefined ? undefined : { url: webhook, secretFile: at(secret) },
      pagerDutyKeyFile: key === undefined ? undefined : at(key),
    };
  });
  return { oncall, smtp: shape.smtp === undefined ? undefined : smtpOf(shape.smtp, at, refuse) };
}

type Step = NonNullable<OncallShape>[number];

function checkStep(
  { name, after = 0, mail, webhook, webhook_secret: secret, pagerduty_key: key }: Step,
  around: {
    readonly i: number;
    readonly before: readonly Step[];
    readonly hasSmtp: boolean;
    readonly refuse: (place: readonly (string | number)[], message: string) => void;
  },
): void {
  const { i, before, hasSmtp, refuse } = around;
  if (before.some((other) => other.name === name)) refuse(["oncall", i, "name"], "This name stands there twice.");
  if (mail === undefined && webhook === undefined && key === undefined)
    refuse(["oncall", i], "There is no way out: mail, webhook or pagerduty_key.");
  if ((webhook === undefined) !== (secret === undefined)) refuse(["oncall", i], "`webhook` and `webhook_secret` go together.");
  if (mail !== undefined && !hasSmtp) refuse(["oncall", i, "mail"], "Mail needs `smtp:`.");
  if (i === 0 && after > 0) refuse(["oncall", i, "after"], "The first is told at once.");
  if (before.some((other) => (other.after ?? 0) > after)) refuse(["oncall", i, "after"], "A later step is not told earlier.");
}

function smtpOf(
  { host, port, tls = "starttls", user, password_file: password, from }: NonNullable<SmtpShape>,
  at: (path: string) => string,
  refuse: (place: readonly string[], message: string) => void,
): SmtpDeclaration {
  if ((user === undefined) !== (password === undefined)) refuse(["smtp"], "`user` and `password_file` go together.");
  if (tls === "none" && !["127.0.0.1", "::1", "localhost"].includes(host))
    refuse(["smtp", "tls"], "Without TLS mails go out on loopback alone.");
  return {
    host,
    port: port ?? (tls === "implicit" ? 465 : 587),
    tls,
    from,
    login: user === undefined || password === undefined ? undefined : { user, passwordFile: at(password) },
  };
}
