/** Tells, once, of a Node that would compute faster. */
import { readFileSync } from "node:fs";
import { knownBuilds } from "../engine/kernels/builds.ts";
import { kept } from "../engine/kernels/kept.ts";

/**
 * A line to print where a newer Node would be twice as fast as this one. The same user is told once by each version of Kindling
 * for each of Node; each time where that can't be remembered.
 * @param version of Kindling
 */
export function newerNodeText(version: string, { node, v8 }: { readonly node: string; readonly v8: string } = process.versions): string | undefined {
  if (knownBuilds(v8, process.arch)?.[0] !== "plain" || !hasWideVectors()) return undefined;
  let isNews = false;
  kept(`told of a newer Node than ${node} by ${version}`, () => {
    isNews = true;
    return "";
  });
  return isNews ? `kindling: this is Node ${node}; Node 24 or later would compute about twice as fast.\n` : undefined;
}

/** Whether the processor has the 256-bit vectors that make the difference; where nobody says, it has. */
function hasWideVectors(): boolean {
  try {
    return /\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return true;
  }
}
