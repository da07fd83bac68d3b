/** `present`: whether there is a value. The value itself goes no further than the decoder's buffer. */
import type { Rule } from "./rule.ts";

export const presentRule: Rule = ({ rowCount, nulls }) => {
  const data = new Uint8Array(rowCount);
  if (nulls === undefined) data.fill(1);
  else for (let row = 0; row < rowCount; row += 1) data[row] = nulls[row] === 1 ? 0 : 1;
  return { data, nulls: undefined };
};
