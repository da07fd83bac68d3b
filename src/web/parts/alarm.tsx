/** One alarm: how bad, since when, who was told, who takes care of it. What is sent is said as sent, and what waits as waiting. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { GuardAlarm } from "../../api/contract.ts";
import { post } from "../state/server.ts";
import { Moment, vantageWords } from "./seen.tsx";

const severities: Readonly<Record<GuardAlarm["severity"], string>> = {
  page: "Wakes a person",
  warning: "Warning",
  info: "For information",
};

export interface AlarmProps {
  readonly alarm: GuardAlarm;
  readonly nowMs: number;
  /** Asks for what is so now. */
  readonly ask: () => void;
}

export function Alarm({ alarm, nowMs, ask }: AlarmProps): JSX.Element {
  const { severity, summary, since, toldAt, flaps, vantage } = alarm;
  return (
    <article class={`alarm is-${severity}`}>
      <p class="alarm-head">
        <span class="severity">{severities[severity]}</span> {summary}
      </p>
      <dl class="pairs">
        <dt>Since</dt>
        <dd>
          <Moment at={since} nowMs={nowMs} />
          {flaps > 0 ? `; it looked closed and was open again ${flaps === 1 ? "once" : `${flaps} times`}` : ""}
        </dd>
        <dt>Seen</dt>
        <dd>{vantageWords(vantage)}</dd>
        <dt>Raised</dt>
        <dd>
          <Moment at={toldAt} nowMs={nowMs} />
        </dd>
        <dt>Delivered</dt>
        <dd>
          <Deliveries alarm={alarm} nowMs={nowMs} />
        </dd>
        <dt>Taken by</dt>
        <dd>
          <Acknowledgement alarm={alarm} nowMs={nowMs} ask={ask} />
        </dd>
      </dl>
    </article>
  );
}

function Deliveries({ alarm: { deliveries }, nowMs }: Pick<AlarmProps, "alarm" | "nowMs">): JSX.Element {
  if (deliveries.length === 0) return <strong>to nobody: no message of it was sent by any way</strong>;
  return (
    <ul class="plain-list">
      {deliveries.map(({ channel, state, tries, at }) => (
        <li key={channel}>
          <strong>{channel}</strong>{" "}
          {state === "delivered" ? (
            <>
              taken
              {at === undefined ? (
                ""
              ) : (
                <>
                  {" "}
                  <Moment at={at} nowMs={nowMs} />
                </>
              )}
            </>
          ) : (
            <span class="is-waiting">
              <span aria-hidden="true">▲ </span>not taken yet, {tries === 1 ? "1 try" : `${tries} tries`}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Acknowledgement({ alarm: { id, acknowledged, summary }, nowMs, ask }: AlarmProps): JSX.Element {
  const [failure, setFailure] = useState("");
  const [isSent, setSent] = useState(false);
  if (acknowledged !== undefined)
    return (
      <span>
        <strong>{acknowledged.by}</strong> <Moment at={acknowledged.at} nowMs={nowMs} />
      </span>
    );
  const take = async (): Promise<void> => {
    setSent(true);
    setFailure("");
    const reply = await post<GuardAlarm>(`/v1/guard/alarms/${encodeURIComponent(id)}/acknowledge`);
    setSent(false);
    if (reply.tag === "refused") setFailure(`Not acknowledged: ${reply.problem.detail} ${reply.problem.remedy}`.trim());
    if (reply.tag === "away") setFailure("No answer came: nobody knows whether it is acknowledged. Until it stands here, it is not.");
    ask();
  };
  return (
    <span class="take">
      <span>nobody yet</span>
      <button type="button" class="button is-strong" aria-disabled={isSent} onClick={() => isSent || void take()}>
        Acknowledge<span class="unseen">: {summary}</span>
      </button>
      <span class="failure" role="alert">
        {failure}
      </span>
    </span>
  );
}
