/** The different passes that a run made through its models, and how often, within bounds. */
import type { Pass, PassCount } from "../protocol/index.ts";

export interface SeenPass {
  readonly pass: Pass;
  /** How often it was made so far. */
  readonly times: number;
  /** Estimated from the steps that were looked at. */
  readonly isEstimate?: true;
}

export interface PassBounds {
  /** Operations and calls of all passes of the run together; a failure's are kept in any case. */
  readonly passNodes: number;
}

export function addPass(passes: readonly SeenPass[], pass: Pass, bounds: PassBounds): readonly SeenPass[] {
  const known = passes.find((seen) => seen.pass.id === pass.id);
  const next = known ? passes.map((seen) => (seen === known ? { ...seen, pass } : seen)) : [...passes, { pass, times: 1 }];
  return boundPasses(next, bounds);
}

export function countPasses(passes: readonly SeenPass[], counts: readonly PassCount[]): readonly SeenPass[] {
  const byId = new Map(counts.map((count) => [count.id, count]));
  return passes.map((seen) => {
    const count = byId.get(seen.pass.id);
    return count ? { pass: seen.pass, times: count.times, ...(count.isEstimate ? { isEstimate: true } : {}) } : seen;
  });
}

/** Those that came first stay, and what failed. */
export function boundPasses(passes: readonly SeenPass[], { passNodes }: PassBounds): readonly SeenPass[] {
  let left = passNodes;
  const kept = passes.filter(({ pass }) => {
    const fits = pass.nodes.length <= left;
    if (fits) left -= pass.nodes.length;
    return fits || pass.failure !== undefined;
  });
  return kept.length === passes.length ? passes : kept;
}
