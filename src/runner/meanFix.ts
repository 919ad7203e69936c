/** `losses.backward()` of many numbers, mended: `losses.mean().backward()`. */
import { readFileSync } from "node:fs";
import type { Fix, SourcePosition } from "../protocol/index.ts";

/** @param position of the call, as a stack trace has it: at the method's name */
export function meanFix(message: string, position: SourcePosition): readonly Fix[] {
  if (!message.startsWith("grad can be implicitly created only for scalar outputs") || !isMethod(position)) return [];
  const { line, column } = position;
  return [{ title: "Take the loss's mean: `mean().backward()`", edits: [{ position, end: { line, column }, text: "mean()." }] }];
}

function isMethod({ file, line, column }: SourcePosition): boolean {
  try {
    const text = readFileSync(file, "utf8").split("\n")[line - 1] ?? "";
    return text.startsWith(".backward(", column - 2);
  } catch {
    return false;
  }
}
