/** What dataclasses are made with. */
import { isGiven, isShared } from "./syntaxQueries.ts";
import { lineage, type ClassInfo } from "./types.ts";

/** The fields that a dataclass is made with. @param all those too that it isn't given */
export function givenFields(of: ClassInfo, all = false): string[] {
  return lineage(of)
    .reverse()
    .flatMap(({ node }) => node.body.statements)
    .flatMap((one) => (one.kind === "assign" && one.targets[0]!.kind === "name" && (all || isGiven(one.value)) && !isShared(one) ? [one.targets[0]!.name] : []))
    .filter((name, at, all) => all.indexOf(name) === at);
}
