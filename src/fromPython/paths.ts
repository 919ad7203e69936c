/** Python's `pathlib`: a path is a text here, and what it does is done by Node's functions. */
import { level, NoTwin, primary, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { file as openedFile, opened } from "./files.ts";
import type { Doc } from "./layout.ts";
import type { Attribute, Call, Expression } from "./syntax.ts";
import { present, type Type } from "./types.ts";

export const path = "pathlib.Path";

export function isPath(type: Type): boolean {
  const whole = present(type);
  return whole.kind === "object" && whole.of === path;
}

export function pathCall(to: Expressions, name: string, call: Call): Code {
  if (name === "Path.cwd") return primary("process.cwd()");
  if (name === "Path.home") return primary(to.context.fromNode("node:os", "homedir"), "()");
  if (!/^(Pure)?(Posix)?Path$/.test(name)) throw new NoTwin(`\`pathlib.${name}\` has no twin here`, call.from);
  const [only] = call.arguments;
  if (!only) return primary('"."');
  // As Python does, `join` leaves out what says nothing: "./a//b" is "a/b".
  return joined(to, call);
}

/** `folder / name` */
export function pathBinary(to: Expressions, left: Expression, right: Expression): Code {
  const parts = [...(left.kind === "binary" && left.operator === "/" && isPath(to.typeOf(left)) ? partsOf(to, left) : [left]), right];
  return join(
    to,
    parts.map((part) => to.argument(part)),
  );
}

function partsOf(to: Expressions, { left, right }: Expression & { kind: "binary" }): Expression[] {
  return left.kind === "binary" && left.operator === "/" && isPath(to.typeOf(left)) ? [...partsOf(to, left), right] : [left, right];
}

function joined(to: Expressions, call: Call, ...first: readonly Doc[]): Code {
  return join(to, [...first, ...call.arguments.map(({ value }) => to.argument(value))]);
}

function join(to: Expressions, parts: readonly Doc[]): Code {
  const separated = parts.flatMap((part, at): Doc[] => [at > 0 ? ", " : "", part]);
  return primary(to.context.fromNode("node:path", "join"), "(", separated, ")");
}

/** What a path knows of itself: `path.stem`. */
export function pathAttribute(to: Expressions, { object, name, from }: Attribute): Code {
  const node = (member: string, ...rest: Doc[]): Code => primary(to.context.fromNode("node:path", member), "(", to.doc(object), ...rest, ")");
  switch (name) {
    case "name":
      return node("basename");
    case "parent":
      return node("dirname");
    case "suffix":
      return node("extname");
    case "stem":
      return primary(to.context.fromNode("node:path", "parse"), "(", to.doc(object), ").name");
    case "parts":
      return primary(to.receiver(object), '.split("/")');
    default:
      throw new NoTwin(`\`Path.${name}\` has no twin here`, from);
  }
}

/** What a path does: `path.mkdir(parents=True)`. */
export function pathMethod(to: Expressions, { object, name }: Attribute, call: Call): Code {
  const file = (member: string, ...rest: Doc[]): Code => primary(to.context.fromNode("node:fs", member), "(", to.doc(object), ...rest, ")");
  const [first] = call.arguments;
  switch (name) {
    case "exists":
      return file("existsSync");
    case "is_file":
      return primary(`(${to.context.fromNode("node:fs", "statSync")}(`, to.doc(object), ", { throwIfNoEntry: false })?.isFile() ?? false)");
    case "is_dir":
      return primary(`(${to.context.fromNode("node:fs", "statSync")}(`, to.doc(object), ", { throwIfNoEntry: false })?.isDirectory() ?? false)");
    case "mkdir": {
      const said = new Set(call.arguments.flatMap(({ name: option, value }) => (value.kind === "constant" && value.value === "True" ? [option] : [])));
      // With `recursive` a folder that is there already is no error.
      return file("mkdirSync", said.has("exist_ok") || said.has("parents") ? ", { recursive: true }" : "");
    }
    case "open":
      return opened(to, to.doc(object), call, 0);
    case "read_text":
      return file("readFileSync", ', "utf8"');
    case "write_text":
      return file("writeFileSync", ", ", to.argument(first!.value));
    case "unlink":
      return call.arguments.length > 0 ? file("rmSync", ", { force: true }") : file("unlinkSync");
    case "rmdir":
      return file("rmdirSync");
    case "resolve":
    case "absolute":
      return primary(to.context.fromNode("node:path", "resolve"), "(", to.doc(object), ")");
    case "expanduser":
      return primary(to.receiver(object), ".replace(/^~/, ", to.context.fromNode("node:os", "homedir"), "())");
    case "as_posix":
      return to.expression(object);
    case "joinpath":
      return joined(to, call, to.doc(object));
    case "with_suffix":
      return { doc: [to.receiver(object), ".replace(/(?<=[^/])\\.[^./]*$|$/, ", to.argument(first!.value), ")"], level: level.primary };
    case "with_name":
      return join(to, [[to.context.fromNode("node:path", "dirname"), "(", to.doc(object), ")"], to.argument(first!.value)]);
    case "iterdir":
      return primary(entries(to, object), ".map((name) => ", to.context.fromNode("node:path", "join"), "(", to.doc(object), ", name))");
    case "glob": {
      const pattern = first?.value.kind === "string" ? first.value.value : undefined;
      if (pattern === undefined || /[/[\]?]|\*\*/.test(pattern)) throw new NoTwin("`glob` has a twin only for a name with `*` in it", call.from);
      const matches = `/^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$/`;
      return primary(
        entries(to, object),
        `.filter((name) => ${matches}.test(name)).map((name) => `,
        to.context.fromNode("node:path", "join"),
        "(",
        to.doc(object),
        ", name))",
      );
    }
    default:
      throw new NoTwin(`\`Path.${name}\` has no twin here`, call.from);
  }
}

function entries(to: Expressions, folder: Expression): Doc {
  return [to.context.fromNode("node:fs", "readdirSync"), "(", to.doc(folder), ")"];
}

/** What a path's attributes and methods give. */
export function pathResult(name: string): Type {
  if (/^(exists|is_file|is_dir|is_absolute)$/.test(name)) return { kind: "bool" };
  if (/^(name|suffix|stem|read_text|as_posix)$/.test(name)) return { kind: "string" };
  if (/^(mkdir|write_text|unlink|rmdir|touch)$/.test(name)) return { kind: "none" };
  if (/^(iterdir|glob|rglob)$/.test(name)) return { kind: "list", of: { kind: "object", of: path } };
  if (name === "open") return { kind: "object", of: openedFile };
  if (name === "parts") return { kind: "list", of: { kind: "string" }, tuple: true };
  return { kind: "object", of: path };
}
