/** What can be taken along: the numbers as a file, the picture, the link, the sheet of paper. */
import { reasonNow, withReason } from "../state/reason.ts";
import type { JSX, RefObject } from "preact";
import { useState } from "preact/hooks";
import type { Answer, Metric, Question } from "../numbers/answers.ts";
import { addressOf } from "../numbers/answers.ts";
import type { Grain } from "../numbers/periods.ts";
import { nowIn, sayRange } from "../numbers/periods.ts";
import { gridOf } from "../numbers/grid.ts";
import { download } from "./download.ts";
import { sayTime } from "./freshness-badge.tsx";
import { drawPicture } from "./picture.ts";

export interface ActionsProps {
  readonly metric: Metric;
  readonly question: Question;
  readonly answer: Answer | undefined;
  readonly grain: Grain | undefined;
  readonly canvas: RefObject<HTMLCanvasElement | undefined>;
}

const saidMs = 4_000;

export function Actions(props: ActionsProps): JSX.Element {
  const { question, answer, grain } = props;
  const [said, setSaid] = useState("");
  const say = (text: string): void => {
    setSaid(text);
    setTimeout(() => setSaid(""), saidMs);
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      say("The link is copied.");
    } catch {
      say("This browser does not let a page copy; the link is in the address bar.");
    }
  };
  return (
    <div class="actions" role="group" aria-label="Take along">
      <button type="button" class="button" onClick={() => void copy()}>
        Copy link
      </button>
      <a class="button" href={withReason(addressOf(question, ".csv"), reasonNow())} download={`${question.metric}.csv`}>
        CSV
      </a>
      {grain === undefined ? null : (
        <button type="button" class="button" disabled={answer === undefined} onClick={() => void savePicture(props).then(say)}>
          PNG
        </button>
      )}
      <button type="button" class="button" onClick={() => print()}>
        Print
      </button>
      <span class="said" role="status">
        {said}
      </span>
    </div>
  );
}

async function savePicture({ metric, answer, grain, canvas }: ActionsProps): Promise<string> {
  if (answer === undefined || grain === undefined) return "There is nothing to draw yet.";
  const grid = gridOf(answer, metric, grain, nowIn(metric.zone, Date.now()));
  const where = Object.entries(answer.question.where).map(([dimension, values]) => `${dimension}: ${values.join(", ")}`);
  const blob = await drawPicture({
    title: metric.title,
    subtitle: [`by ${grain}, ${sayRange(answer.question)}`, ...where].join(" · "),
    footer: `Vitrine · ${answer.state === "ready" ? "" : `${answer.state.toUpperCase()} · `}${answer.proven === undefined ? "not proven" : `proven as of ${sayTime(answer.proven.at)}`} · ${answer.cellsWithheld} withheld (k = ${answer.k})`,
    chart: canvas.current ?? undefined,
    grid,
  });
  if (blob === undefined) return "The picture could not be made.";
  download(`${metric.name}.png`, blob);
  return "The picture is saved.";
}
