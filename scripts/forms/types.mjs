/**
 * The declarations that users' editors read: classes whose constructors and methods show every form. The compiler wrote
 * the plain ones; here their signatures are put in place.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { methodSignatures, parameterLists } from "./overloads.mjs";
import { docText, typesOf } from "./write.mjs";

/**
 * @param declarations as `declarationsIn` gives them
 * @param engine the folder that the declarations are from
 * @param types the folder that the compiler wrote
 */
export function showForms(declarations, engine, types) {
  const classes = declarations.filter(({ kind }) => kind === "class" || kind === "base");
  for (const path of new Set(declarations.flatMap(({ source, publicSource }) => [source.path, ...(publicSource ? [publicSource.path] : [])]))) {
    const file = declarationFile(path, engine, types);
    if (!existsSync(file)) continue;
    const own = classes.filter(({ source }) => source.path === path);
    writeFileSync(file, withForms(readFileSync(file, "utf8"), own, file, engine, types).replace(TAGS, ""));
  }
  const published = classes.filter(({ kind, published: name }) => kind === "class" && name);
  const file = join(types, "api/classes.d.ts");
  const lines = published.map(
    ({ name, published: own, source }) =>
      `export { ${name === own ? name : `${name} as ${own}`} } from "${specifier(file, declarationFile(source.path, engine, types))}";`,
  );
  writeFileSync(file, `${lines.join("\n")}\n`);
  const all = readdirSync(types, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  withoutPlainFunctions(all);
}

/** Lines of documentation that are for the house. */
const TAGS = /^ *\* @(api|base|factory)\b.*\n/gm;

/**
 * Takes out what users' compilers would read for nothing: the plain functions, which stand in all their forms in `api/`, and
 * imports that only these needed.
 */
function withoutPlainFunctions(files) {
  const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  const passedOn = new Set(
    [...texts.values()].flatMap((text) =>
      [...text.matchAll(/^export \{([^}]*)\} from "(?!\.\/functions)/gm)].flatMap(([, names]) => names.split(",").map((name) => name.trim().split(" as ")[0])),
    ),
  );
  const asked = new Set([...texts.values()].flatMap((text) => [...text.matchAll(/typeof (\w+)/g)].map(([, name]) => name)));
  for (const [file, text] of texts) {
    if (/[/\\]api[/\\]/.test(file)) continue;
    const shorter = withoutUnused(
      withoutStatements(file, text, (node) => node.type === "TSDeclareFunction" && !passedOn.has(node.id.name) && !asked.has(node.id.name)),
      file,
    );
    if (shorter !== text) writeFileSync(file, shorter);
  }
}

/** The text without the statements that are unwanted, and without their documentation. */
function withoutStatements(file, text, isUnwanted) {
  const { program, comments } = parseSync(file, text);
  let result = text;
  for (const statement of program.body.toReversed()) {
    if (!isUnwanted(statement.declaration ?? statement)) continue;
    const comment = comments.findLast((each) => each.end <= statement.start && text.slice(each.end, statement.start).trim() === "");
    result = result.slice(0, comment ? comment.start : statement.start) + result.slice(statement.end).replace(/^\n/, "");
  }
  return result;
}

/** Imports by what of their names the text still says. */
function withoutUnused(text) {
  const body = text.replace(/^import [^;]*;$/gm, "");
  return text.replace(/^import (type )?\{([^}]*)\} from ("[^"]+");\n/gm, (_, type = "", names, from) => {
    const used = names
      .split(",")
      .map((name) => name.trim())
      .filter(
        (name) =>
          name !== "" &&
          new RegExp(
            `\\b${name
              .replace(/^type /, "")
              .split(" as ")
              .at(-1)}\\b`,
          ).test(body),
      );
    return used.length === 0 ? "" : `import ${type}{ ${used.join(", ")} } from ${from};\n`;
  });
}

const declarationFile = (path, engine, types) => join(types, relative(engine, path).replace(/\.ts$/, ".d.ts"));

function specifier(from, to) {
  const path = relative(dirname(from), to)
    .replaceAll("\\", "/")
    .replace(/\.d\.ts$/, ".ts");
  return path.startsWith(".") ? path : `./${path}`;
}

function withForms(text, classes, file, engine, types) {
  const { program, comments } = parseSync(file, text);
  const edits = [];
  const needed = new Map();
  for (const declaration of classes) {
    const node = program.body
      .map((statement) => statement.declaration ?? statement)
      .find((each) => each.type === "ClassDeclaration" && each.id.name === declaration.name);
    if (node) edits.push(...editsOf(node, declaration, text, comments, needed));
  }
  const known = namesIn(program);
  const imports = [...needed]
    .filter(([name]) => !known.has(name))
    .map(([name, path]) => `import type { ${name} } from "${specifier(file, declarationFile(path, engine, types))}";\n`);
  let result = text;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + replacement + result.slice(end);
  return imports.join("") + result;
}

/** What a file declares or imports. */
function namesIn(program) {
  return new Set(
    program.body.flatMap((statement) => [...(statement.specifiers ?? []).map(({ local }) => local.name), (statement.declaration ?? statement).id?.name]),
  );
}

function editsOf(node, declaration, text, comments, needed) {
  const members = node.body.body;
  const own = (name, isStatic = false) => members.filter((member) => member.key?.name === name && /Method/.test(member.type) && member.static === isStatic);
  const take = (forms) => {
    for (const form of forms) for (const [name, path] of typesOf(form, declaration.typeParameters)) needed.set(name, path);
  };
  const edits = [];
  const constructors = own("constructor");
  const isMade = constructors.length > 0 || declaration.forms?.some(({ parameters, keywords }) => parameters.length > 0 || keywords !== null);
  if (declaration.kind === "class" && isMade) {
    take(declaration.forms);
    const lines = declaration.forms.flatMap(parameterLists).map((list) => `    constructor(${list});`);
    // One that a base declares, which has no forms, is the class's own here.
    const begin = node.body.start + 1;
    edits.push(constructors.length > 0 ? replacement(constructors, lines, text, comments) : { start: begin, end: begin, text: `\n${lines.join("\n")}` });
  }
  for (const { name, doc, forms, isStatic } of [...declaration.methods, ...(declaration.kind === "base" ? [] : declaration.statics)]) {
    const found = own(name, isStatic);
    if (found.length === 0 || name === "forward" || forms.every(({ parameters, keywords }) => parameters.length === 0 && keywords === null)) continue;
    take(forms);
    const lines = forms.flatMap((form, i) => {
      const shape = (found[i] ?? found[0]).value;
      const returns = shape.returnType ? text.slice(shape.returnType.start, shape.returnType.end) : "";
      const generics = shape.typeParameters ? text.slice(shape.typeParameters.start, shape.typeParameters.end) : "";
      return methodSignatures(form).map(
        (list, j) => `${i + j === 0 ? docText(form.doc ?? doc, "    ") : ""}    ${isStatic ? "static " : ""}${name}${generics}(${list})${returns};`,
      );
    });
    edits.push(replacement(found, lines, text, comments));
  }
  return edits;
}

/** From the first member's documentation to the end of the last. */
function replacement(members, lines, text, comments) {
  const { start } = members[0];
  const comment = comments.findLast((each) => each.end <= start && text.slice(each.end, start).trim() === "");
  const from = text.lastIndexOf("\n", comment ? comment.start : start) + 1;
  return { start: from, end: members.at(-1).end, text: lines.join("\n") };
}
