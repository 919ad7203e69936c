import type { SourcePosition } from "../../protocol/index.ts";

export function isSamePosition(a: SourcePosition | undefined, b: SourcePosition | undefined): boolean {
  return a?.file === b?.file && a?.line === b?.line && a?.column === b?.column;
}
