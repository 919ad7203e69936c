/** `nn.functional.dropout(x)` in a module: it doesn't hear of `eval()` unless it is told. */
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, inserting } from "../rule.ts";
import { bare, isClass, propertyOf } from "../tree.ts";

const dropouts = /^nn\.functional\.(?:dropout[123]?d?|alphaDropout|featureAlphaDropout)$/;
/** Where `training` stands among the arguments. */
const place = 2;

export function* dropoutAlwaysOn(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    if (!dropouts.test(program.apiOf(call.callee) ?? "") || saysWhen(call)) continue;
    const owner = program.around(call, isClass);
    if (!owner || !isClass(owner) || !program.isModule(owner)) continue;
    yield finding(program, "dropout-always-on", call, {
      message: `This drops in evaluation too: a function doesn't hear of \`eval()\`. Tell it: \`{ training: this.training }\`.`,
      fix: fixOf(program, call),
    });
  }
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
