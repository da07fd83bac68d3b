/**
 * The cells of an answer as JSON text, written once, where they are made: thousands of small objects take ten times as long to go from thread to
 * thread, and by a schema, as their text. What is not declared of a cell is left out here, as the schema would.
 */
import type { Answer, AnswerCell } from "../metrics/answer.ts";
import { numbersOf } from "../metrics/compared.ts";

/** Text of answers that came from another thread; their cells are made of it when somebody looks at them. */
const texts = new WeakMap<Answer, string>();

export function cellsText(answer: Answer): string {
  return texts.get(answer) ?? JSON.stringify(answer.cells.map(declared));
}

/** An answer without its cells, and their text: an answer again. */
export function answerOf(envelope: Answer, text: string): Answer {
  let cells: readonly AnswerCell[] | undefined;
  const answer: Answer = Object.defineProperty({ ...envelope }, "cells", {
    enumerable: true,
    get: () => (cells ??= JSON.parse(text) as readonly AnswerCell[]), // eslint-disable-line -- written by cellsText
  });
  texts.set(answer, text);
  return answer;
}

function declared(cell: AnswerCell): AnswerCell {
  const { period, by, before } = cell;
  return { period, by, ...numbersOf(cell), ...(before === undefined ? {} : { before: { period: before.period, ...numbersOf(before) } }) };
}
