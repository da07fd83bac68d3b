/** What somebody without a session sees. The link from the command line works once; the company's own log-in brings the view along. */
import type { JSX } from "preact";
import type { SessionReport } from "../../api/contract.ts";

const sentences: Readonly<Record<string, string>> = {
  refused: "Your account has no role here. Ask whoever runs Vitrine for one.",
  failed: "The log-in did not succeed. Try again.",
};

export function LogIn({ login, refusal }: { readonly login: SessionReport["login"]; readonly refusal: string | null }): JSX.Element {
  return (
    <main class="log-in" id="content">
      <h1>
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
          <rect x="2" y="2" width="28" height="28" rx="7" />
          <path d="M8 9l8 15 8-15" />
        </svg>
        Vitrine
      </h1>
      <p class="lead">Everyone may look, nobody can take. But first: who are you?</p>
      {refusal !== null && sentences[refusal] !== undefined ? (
        <p class="problem" role="alert">
          {sentences[refusal]}
        </p>
      ) : null}
      {login.includes("oidc") ? (
        <p>
          <a class="button" href={`/v1/login/oidc?to=${encodeURIComponent(location.search)}`}>
            Log in with your company account
          </a>
        </p>
      ) : null}
      <p>
        Open the link that <code>npm start</code> or <code>vitrine run</code> has printed. It works once and for a short time.
      </p>
    </main>
  );
}
