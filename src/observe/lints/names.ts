/** What the user calls things, for what is said of them. */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { LintContext } from "./lint.ts";

/** The variable that holds the optimizer, else its type. */
export function variableName({ optimizers, source }: LintContext, optimizer: Optimizer): string {
  const place = optimizers.constructedAt(optimizer);
  return (place && source.variableAt(place)?.name) ?? optimizer.constructor.name;
}

/** `a`, `a` and `b`, or `a`, `b` and 3 more */
export function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  if (quoted.length <= 1) return quoted.join("");
  if (quoted.length <= 3) return `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)!}`;
  return `${quoted.slice(0, 2).join(", ")} and ${quoted.length - 2} more`;
}
