/** The curves of a run with what it shares with those that it parts from. Pure. */
import type { Curves } from "../../src/run/curves.ts";
import type { Family } from "../../src/run/family.ts";

/** Before its own first step those of the runs whose weights it goes on with; of curves that it has itself. */
export function withTrunk(own: Curves, family: Family | null): Curves {
  const before = family?.trunk?.curves;
  if (!before || before.size === 0) return own;
  return new Map([...own].map(([name, series]) => [name, before.get(name)?.append([...series]) ?? series]));
}
