/** Columns of a terminal: how many a text takes there. */

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Characters of East Asia and pictures, which take two columns. */
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\uFE0F/u;
/** What stands on or within other characters. */
const none = /^[\p{M}\p{Cf}]+$/u;

export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += none.test(segment) ? 0 : wide.test(segment) ? 2 : 1;
  return columns;
}

/** `text`, and spaces behind it up to so many columns. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}
