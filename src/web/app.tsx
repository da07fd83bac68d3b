/** The frame of every page: name, pages, how fresh the numbers are; and the log-in where there is no session. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Catalogue, SessionReport } from "../api/contract.ts";
import type { Metric } from "./numbers/answers.ts";
import { addressOf } from "./numbers/answers.ts";
import { CopyPage } from "./pages/copy.tsx";
import { ExposurePage } from "./pages/exposure.tsx";
import { FleetPage } from "./pages/fleet.tsx";
import { LogIn } from "./pages/log-in.tsx";
import { MetricPage } from "./pages/metric.tsx";
import { Overview } from "./pages/overview.tsx";
import { FreshnessBadge, FreshnessWarning, useFreshness } from "./parts/freshness-badge.tsx";
import { GuardBadge, GuardWarning } from "./parts/guard-badge.tsx";
import { Link } from "./parts/link.tsx";
import { Reason, useReason } from "./parts/reason.tsx";
import { Problem } from "./parts/problem.tsx";
import type { Glance } from "./state/guard.ts";
import { mayGuard, useGlance, useGuard } from "./state/guard.ts";
import { setReason } from "./state/reason.ts";
import { useLive } from "./state/live.ts";
import type { Reply } from "./state/server.ts";
import { enter, post } from "./state/server.ts";
import type { Theme } from "./state/theme.ts";
import { currentTheme, setTheme } from "./state/theme.ts";
import { useView } from "./state/use-view.ts";
import type { Page, View } from "./state/view.ts";
import { overview } from "./state/view.ts";

const catalogueMs = 30_000;
const retryMs = 2_000;
const badgeMs = 1_000;

export function App(): JSX.Element {
  const [session, setSession] = useState<Reply<SessionReport>>();
  // What the log-in by the company's own page came back with, read before it is taken out of the address.
  const [refusal] = useState(() => new URLSearchParams(location.hash.slice(1)).get("login"));
  const now = useFreshness();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const come = async (): Promise<void> => {
      const reply = await enter(location, history);
      setSession(reply);
      if (reply.tag === "away") timer = setTimeout(() => void come(), retryMs);
    };
    const again = (): void => {
      if (location.hash.includes("code=")) void come();
    };
    globalThis.addEventListener("hashchange", again);
    void come();
    return () => {
      clearTimeout(timer);
      globalThis.removeEventListener("hashchange", again);
    };
  }, []);
  if (session === undefined)
    return <Frame view={overview} now={now} session={undefined} children={<p class="quiet waiting">Opening …</p>} />;
  if (session.tag === "away") return <Frame view={overview} now={{ ...now, state: "away" }} session={undefined} children={null} />;
  if (session.tag === "refused")
    return <Frame view={overview} now={now} session={undefined} children={<Problem problem={session.problem} />} />;
  if (!session.value.signedIn || now.signedOut) return <LogIn login={session.value.login} refusal={refusal} />;
  return <Pages session={session.value} now={now} />;
}

function Pages({ session, now }: { readonly session: SessionReport; readonly now: ReturnType<typeof useFreshness> }): JSX.Element {
  const [view, show] = useView();
  const catalogue = useLive<Catalogue>("/v1/metrics", catalogueMs);
  const metrics = catalogue.value?.metrics as readonly Metric[] | undefined;
  const metric = metrics?.find((one) => one.name === view.metric);
  useTitle(view, metric);
  // The copy's page shows no answer; that the copy is fresh is still said there, by one that is asked for that alone.
  const [first] = metrics ?? [];
  useLive(view.page === "copy" && first !== undefined ? addressOf({ metric: first.name, grain: "all" }) : undefined, badgeMs);
  const reason = useReason();
  // What is asked with a reason is asked once.
  useLive(
    reason !== undefined && first !== undefined ? `${addressOf({ metric: first.name, grain: "all" })}&compare=previous` : undefined,
    badgeMs,
    { isPlain: true },
  );
  const guard = useGuard(view.page === "exposure" && mayGuard(session.role));
  const glance = useGlance(view.page !== "exposure" && mayGuard(session.role));
  // Where a file declares stores to watch and no copy, they are what there is to see.
  const isGuardAlone = view.page === "overview" && metrics?.length === 0 && glance !== undefined;
  useEffect(() => {
    if (isGuardAlone) show({ ...overview, page: "exposure" }, { replace: true });
  }, [isGuardAlone]);
  if (view.page === "exposure")
    return (
      <Frame
        view={view}
        now={now}
        session={session}
        badge={mayGuard(session.role) ? <GuardBadge guard={guard} /> : <></>}
        warning={<GuardWarning guard={guard} />}
      >
        <ExposurePage guard={guard} role={session.role} view={view} show={show} />
      </Frame>
    );
  const page = (): JSX.Element => {
    if (catalogue.problem !== undefined) return <Problem problem={catalogue.problem} />;
    if (metrics === undefined) return <p class="quiet waiting">Asking what can be asked …</p>;
    if (view.page === "overview") return <Overview metrics={metrics} view={view} show={show} />;
    if (view.page === "fleet") return <FleetPage metrics={metrics} view={view} show={show} />;
    if (view.page === "copy") return <CopyPage />;
    return metric === undefined ? <NoMetric metrics={metrics} /> : <MetricPage key={metric.name} metric={metric} view={view} show={show} />;
  };
  return (
    <Frame view={view} now={now} session={session} glance={glance}>
      {page()}
    </Frame>
  );
}

function NoMetric({ metrics }: { readonly metrics: readonly Metric[] }): JSX.Element {
  return (
    <section>
      <h1>There is no such metric</h1>
      <ul>
        {metrics.map(({ name, title }) => (
          <li key={name}>
            <Link to={{ ...overview, page: "metric", metric: name }}>{title}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useTitle(view: View, metric: Metric | undefined): void {
  const titles: Readonly<Record<Page, string>> = {
    overview: "Overview",
    metric: metric?.title ?? "Metric",
    fleet: "Fleet",
    copy: "The copy",
    exposure: "Exposure",
  };
  const title = `${titles[view.page]} · Vitrine`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

const tabs: readonly { readonly page: Page; readonly title: string }[] = [
  { page: "overview", title: "Overview" },
  { page: "fleet", title: "Fleet" },
  { page: "copy", title: "The copy" },
  { page: "exposure", title: "Exposure" },
];

function isOffered(page: Page, role: SessionReport["role"]): boolean {
  if (page === "exposure") return mayGuard(role);
  return page !== "copy" || role !== "viewer";
}

function Frame(props: {
  readonly view: View;
  readonly now: ReturnType<typeof useFreshness>;
  readonly session: SessionReport | undefined;
  /** In place of how fresh the copy is, where the page shows nothing of it. */
  readonly badge?: JSX.Element;
  readonly warning?: JSX.Element;
  readonly glance?: Glance | undefined;
  readonly children: JSX.Element | JSX.Element[] | null;
}): JSX.Element {
  const { view, now, session, badge, warning, glance, children } = props;
  const at = view.page === "metric" ? "overview" : view.page;
  return (
    <div class="frame">
      <a class="skip" href="#content">
        Skip to the numbers
      </a>
      <header class="top">
        <Link to={overview} class="brand" aria-label="Vitrine, overview">
          <Mark />
          Vitrine
        </Link>
        <nav aria-label="Pages">
          {tabs
            .filter(({ page }) => isOffered(page, session?.role))
            .map(({ page, title }) => (
              <Link key={page} to={{ ...overview, page }} aria-current={at === page ? "page" : undefined}>
                {title}
                {page === "exposure" && glance !== undefined ? <Notice glance={glance} /> : null}
              </Link>
            ))}
        </nav>
        {badge ?? <FreshnessBadge now={now} />}
        <div class="top-end">
          {session?.role === "analyst" || session?.role === "admin" ? <Reason /> : null}
          <ThemeSelect />
          {session === undefined ? null : <Account session={session} />}
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {warning ?? <FreshnessWarning now={now} />}
        {children}
      </main>
    </div>
  );
}

/** Beside the name of its page: somebody who looks at numbers sees that a store is open. */
function Notice({ glance: { state, count } }: { readonly glance: Glance }): JSX.Element | null {
  if (state === "as-expected") return null;
  const isOpen = state === "deviation";
  return (
    <span class={`tab-notice is-${state}`}>
      {isOpen ? count : "?"}
      <span class="unseen"> {isOpen ? "not as expected" : "not known"}</span>
    </span>
  );
}

function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect x="2" y="2" width="28" height="28" rx="7" />
      <path d="M8 9l8 15 8-15" />
    </svg>
  );
}

const themeNames: readonly { readonly theme: Theme; readonly title: string }[] = [
  { theme: "auto", title: "As the system" },
  { theme: "light", title: "Light" },
  { theme: "dark", title: "Dark" },
];

function ThemeSelect(): JSX.Element {
  const [theme, change] = useState(currentTheme);
  const take = (event: { readonly currentTarget: HTMLSelectElement }): void => {
    const chosen = themeNames.find((one) => one.theme === event.currentTarget.value)?.theme ?? "auto";
    setTheme(chosen);
    change(chosen);
  };
  return (
    <select class="plain" aria-label="Colours" value={theme} onChange={take}>
      {themeNames.map((one) => (
        <option key={one.theme} value={one.theme}>
          {one.title}
        </option>
      ))}
    </select>
  );
}

function Account({ session }: { readonly session: SessionReport }): JSX.Element {
  const leave = async (): Promise<void> => {
    setReason(undefined);
    await post("/v1/session/end");
    location.reload();
  };
  return (
    <p class="account">
      <span class="quiet" title={session.role === undefined ? "" : `Role: ${session.role}`}>
        {session.name ?? session.role ?? ""}
      </span>
      <button type="button" class="plain" onClick={() => void leave()}>
        Log out
      </button>
    </p>
  );
}
