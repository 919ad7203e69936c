/** Labels: what leaves a loop further out, or goes on with it, says so by a flag, and each loop between asks for it at its end. */
import type { Context } from "./context.ts";
import { contains, isFunction, startLine, walk, type Node } from "./syntax.ts";

type Jump = Extract<Node, { type: "BreakStatement" | "ContinueStatement" }>;

const verbOf = ({ type }: Jump): "break" | "continue" => (type === "BreakStatement" ? "break" : "continue");
const isLoop = (node: Node): boolean => /^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(node.type);

/** `search: for (…) …`: makes the label known and writes its loop. */
export function labelled(context: Context, { label, body }: Extract<Node, { type: "LabeledStatement" }>, write: (loop: Node) => void): void {
  if (!isLoop(body)) return context.statement(body, () => context.refuse(label, "a label that is no loop's", "use a function of its own").text);
  context.definition.labels.set(label.name, { loop: body, flags: new Map() });
  write(body);
}

/** The flag that a jump raises; none where it is of the innermost loop. */
function flagOf(context: Context, jump: Jump, innermost: Node | undefined): string | undefined {
  const label = jump.label && context.definition.labels.get(jump.label.name);
  if (!label || label.loop === innermost) return undefined;
  const verb = verbOf(jump);
  const flag = label.flags.get(verb) ?? context.fresh(`${verb}_${jump.label!.name}`);
  label.flags.set(verb, flag);
  return flag;
}

/** `break`, `continue`, with a label or without. */
export function jumpStatement(context: Context, jump: Jump): void {
  const loop = context.definition.loops.at(-1);
  const flag = flagOf(context, jump, loop?.node);
  if (flag === undefined && verbOf(jump) === "continue") loop?.beforeContinue?.();
  context.statement(jump, () => {
    if (flag === undefined) return verbOf(jump);
    context.before.push({ text: `${"    ".repeat(context.indentation)}${flag} = True`, source: startLine(jump) });
    return "break";
  });
}

/** Writes a loop, and what follows where something in it is meant for a loop around it. */
export function loopStatement(context: Context, loop: Node, write: () => void): void {
  const outward = jumpsOutOf(loop);
  const flags = new Map(
    outward.flatMap((jump): (readonly [string, Jump])[] => {
      const flag = flagOf(context, jump, loop);
      return flag === undefined ? [] : [[flag, jump]];
    }),
  );
  if (flags.size > 0) context.commentsBefore(loop.start!);
  for (const flag of flags.keys()) context.line(`${flag} = False`, startLine(loop));
  write();
  const around = context.definition.loops.at(-1);
  for (const [flag, jump] of flags) {
    const goesOn = verbOf(jump) === "continue" && context.definition.labels.get(jump.label!.name)?.loop === around?.node;
    context.line(`if ${flag}:`, startLine(jump));
    context.indented(() => {
      if (goesOn) around?.beforeContinue?.();
      context.line(goesOn ? "continue" : "break", startLine(jump));
    });
  }
}

/** What in a loop names a label that stands around it. */
function jumpsOutOf(loop: Node): Jump[] {
  const found: Jump[] = [];
  const isOfInner = (name: string): boolean => contains(loop, (each) => each.type === "LabeledStatement" && each.label.name === name);
  walk(loop, (each) => {
    if ((each.type === "BreakStatement" || each.type === "ContinueStatement") && each.label && !isOfInner(each.label.name)) found.push(each);
    return !isFunction(each);
  });
  return found;
}
