/** What an answer to a viewer says of the cells that are not in it. */
import type { Reason } from "../answer.ts";

export function withheldNote(k: number, cells: number): Reason {
  return {
    reason: "small-groups-withheld",
    message: `${cells} cells are not shown: fewer than ${k} units stand behind them, or none, or they would give such a cell away.`,
    remedy: "Ask for longer periods or fewer dimensions, or as an analyst with a reason.",
  };
}

export function boundedNote(k: number, cells: number): Reason {
  return {
    reason: "small-groups-bounded",
    message: `${cells} cells are told in part only (as below or above a step, or a part without its whole): fewer than ${k} units stand behind one of their sides, or they would give such a cell away.`,
    remedy: "Ask for longer periods or fewer dimensions, or as an analyst with a reason.",
  };
}

export function pendingNote(months: number): Reason {
  return {
    reason: "small-groups-pending",
    message: `Of ${months} months it is not worked out yet what may be shown: their cells are missing here.`,
    remedy: "Ask again in a moment, or for later periods: the latest month comes first.",
  };
}

/** `date`: the first that is told. */
export function keptNote(date: string): Reason {
  return {
    reason: "kept-history-withheld",
    message: `Periods before ${date} are kept history, of which small groups cannot be weighed: they are not shown, and nothing is that would take them in.`,
    remedy: "Ask for later periods, or as an analyst with a reason.",
  };
}

export function rankedNote(withheld: number): Reason {
  return {
    reason: "ranking-of-the-told",
    message: `The largest are those of the combinations whose totals over the range may be told; of ${withheld} they may not, and one of these may be larger.`,
    remedy: "Ask for a range of whole longer periods, or as an analyst with a reason.",
  };
}

export const notComparedNote: Reason = {
  reason: "not-compared",
  message: "Viewers have these totals without a comparison: the earlier period is not beside them.",
  remedy: "Ask for both periods by their grain: each total that may be told is.",
};
