/** How a place in a file of the user's is written and read. */
import type { SourceEnd, SourcePosition } from "../../protocol/index.ts";
import { ordinal, record, text } from "../codec.ts";

export const position = record<SourcePosition>({ file: text, line: ordinal, column: ordinal });

export const sourceEnd = record<SourceEnd>({ line: ordinal, column: ordinal });
