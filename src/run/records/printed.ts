import type { PrintedLine } from "../../protocol/index.ts";
import { list, number, oneOf, optional, record, text, whole } from "../codec.ts";
import type { Printed } from "../printed.ts";

const line = record<PrintedLine>({ step: number, text, isError: optional(oneOf<true>(true)), isOpen: optional(oneOf<true>(true)) });

export const printedEvent = record<{ readonly lines: readonly PrintedLine[]; readonly skipped: number }>({ lines: list(line), skipped: whole });
export const printed = record<Printed>({ lines: list(line), dropped: whole });
