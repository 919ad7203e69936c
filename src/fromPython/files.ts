/** Files that a program opens: texts, read and written by Node's functions. */
import { NoTwin, primary, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { listed, type Doc } from "./layout.ts";
import type { Call, Expression } from "./syntax.ts";
import { any, int, listOf, none, present, string, type Type } from "./types.ts";

export const file = "file";

export function isFile(type: Type): boolean {
  const whole = present(type);
  return whole.kind === "object" && whole.of === file;
}

/** `open(path, "w")`, `path.open("w")` */
export function opened(to: Expressions, path: Doc, call: Call, at: number): Code {
  const mode = call.arguments.find(({ name }, place) => name === "mode" || (name === undefined && place === at))?.value;
  if (mode && (mode.kind !== "string" || !/^[rwax]t?$/.test(mode.value)))
    throw new NoTwin("Files are opened here as texts, to read them or to write them", call.from);
  return primary("new ", to.context.helper("OpenFile"), listed("(", [path, ...(mode ? [to.doc(mode)] : [])], ")"));
}

/** What a file's methods give. */
export function fileResult(name: string): Type {
  if (/^read(line)?$/.test(name)) return string;
  if (name === "readlines") return listOf(string);
  if (name === "write") return int;
  return /^(close|flush|writelines)$/.test(name) ? none : any;
}

/** `json.load(file)` reads it all. */
export function allOf(to: Expressions, value: Expression): Doc {
  return [to.receiver(value), ".read()"];
}
