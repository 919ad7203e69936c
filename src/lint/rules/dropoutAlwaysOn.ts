/** `nn.functional.dropout(x)` in a module: it doesn't hear of `eval()` unless it is told. */
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, inserting } from "../rule.ts";
import { bare, isClass, propertyOf, type Node } from "../tree.ts";

const dropouts = /^nn\.functional\.(?:dropout[123]?d?|alphaDropout|featureAlphaDropout)$/;
/** Where `training` stands among the arguments. */
const place = 2;

export function* dropoutAlwaysOn(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    if (!dropouts.test(program.apiOf(call.callee) ?? "") || saysWhen(call)) continue;
    const isOwn = isInModule(program, call);
    if (!isOwn && !isCalledByModule(program, call)) continue;
    yield finding(program, "dropout-always-on", call, {
      message: `This drops in evaluation too: a function doesn't hear of \`eval()\`. Tell it: \`{ training: ${isOwn ? "this.training" : "…"} }\`.`,
      fix: isOwn ? fixOf(program, call) : undefined,
    });
  }
}

function isInModule(program: Program, node: Node): boolean {
  const owner = program.around(node, isClass);
  return owner !== undefined && program.isModule(owner);
}

/** A function of this file that modules call. */
function isCalledByModule(program: Program, call: Call): boolean {
  const own = program.functionAround(call);
  return own !== undefined && program.callsOf(own).some((caller) => isInModule(program, caller));
}

function saysWhen({ arguments: given }: Call): boolean {
  const last = given.at(-1);
  const isNamed = last !== undefined && propertyOf(bare(last), "training") !== undefined;
  return isNamed || given.some(({ type }) => type === "SpreadElement") || (given[place] !== undefined && bare(given[place]).type !== "ObjectExpression");
}

function fixOf(program: Program, { arguments: given }: Call): Fix | undefined {
  const last = given.at(-1);
  if (!last) return undefined;
  const named = bare(last);
  const edit =
    named.type === "ObjectExpression"
      ? inserting(program, named.start! + 1, " training: this.training,")
      : inserting(program, last.end!, ", { training: this.training }");
  return { title: "Say when it is training", edits: [edit] };
}
