/** The files of `src/engine/api/`: what users call, made of the declarations. */
import { dirname, join, relative } from "node:path";
import { inPlace } from "./fastPath.mjs";
import { methodSignatures, parameterLists, signatureText } from "./overloads.mjs";

const HEADER = "// Written by scripts/forms from the declarations with a tag @api; do not edit.\n";

/** Name without its space: `torch.linalg.norm` → ["torch.linalg", "norm"]. */
const split = (name) => [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf(".") + 1)];

/**
 * Path below the folder → text.
 * @param declarations as `declarationsIn` gives them
 * @param folder where the files go, for their imports
 */
export function apiFiles(declarations, folder) {
  const writers = {
    functions: new FileWriter(join(folder, "functions.ts")),
    methods: new FileWriter(join(folder, "methods.ts")),
    classes: new FileWriter(join(folder, "classes.ts")),
    ofTests: new FileWriter(join(folder, "methodsForTests.ts")),
  };
  const spaces = new Spaces(folder);
  const taken = new Set();
  for (const declaration of declarations) {
    const elsewhere = declaration.names.filter((name) => !name.startsWith("Tensor."));
    for (const name of declaration.names) if (name.startsWith("Tensor.")) writeMethod(writers.methods, declaration, name.slice("Tensor.".length));
    if (declaration.methods) {
      writeMethodsOf(writers.classes, declaration);
      writeNamedForms(writers.ofTests, declaration);
    }
    if (elsewhere.length === 0) continue;
    if (declaration.kind === "class" || declaration.kind === "function") {
      const wanted = declaration.kind === "class" ? declaration.name : split(elsewhere[0])[1];
      const own = taken.has(wanted) || RESERVED.has(wanted) ? `${wanted}Of${fileName(declaration.source.path)}` : wanted;
      taken.add(own);
      declaration.published = own;
      if (declaration.kind === "class") writeClass(writers.classes, declaration, own, elsewhere[0]);
      else writeFunction(writers.functions, declaration, own, split(elsewhere[0])[1]);
      for (const name of elsewhere) spaces.publish(name, own, declaration.kind === "class" ? "./classes.ts" : "./functions.ts");
    } else {
      for (const name of elsewhere) spaces.publish(name, declaration.name, (declaration.publicSource ?? declaration.source).path, declaration.kind === "type");
    }
  }
  return {
    "functions.ts": writers.functions.text(),
    "methods.ts": writers.methods.text(methodsText(writers.methods)),
    "classes.ts": writers.classes.text(),
    "methodsForTests.ts": writers.ofTests.text(),
    ...spaces.files(),
  };
}

const RESERVED = new Set(["var"]);

/** Which names each namespace has, and from where. */
class Spaces {
  constructor(folder) {
    this.folder = folder;
    this.members = new Map();
  }

  publish(name, own, path, isType = false) {
    const [space, local] = split(name);
    const members = this.members.get(space) ?? this.members.set(space, []).get(space);
    if (members.some((member) => member.local === local)) throw new Error(`${name} is declared twice`);
    members.push({ own, local, isType, from: path.startsWith("./") ? path : relative(this.folder, path).replaceAll("\\", "/") });
  }

  files() {
    return Object.fromEntries([...this.members].map(([space, members]) => [`${space}.ts`, this.#text(space, members)]));
  }

  #text(space, members) {
    const sources = [...new Set(members.map(({ from, isType }) => `${isType ? "type " : ""}${from}`))];
    const lines = sources.map((key) => {
      const own = members.filter(({ from, isType }) => `${isType ? "type " : ""}${from}` === key);
      const names = own.map(({ own: name, local }) => (name === local ? local : `${name} as ${local}`));
      return `export ${own[0].isType ? "type " : ""}{ ${names.join(", ")} } from "${own[0].from}";`;
    });
    const inner = [...this.members.keys()].filter((name) => name !== space && split(name.includes(".") ? name : `torch.${name}`)[0] === space);
    for (const name of inner) lines.push(`export * as ${name.split(".").at(-1)} from "./${name}.ts";`);
    return `${HEADER}${lines.join("\n")}\n`;
  }
}

const fileName = (path) =>
  path
    .replace(/^.*[/\\]/, "")
    .replace(/\.ts$/, "")
    .replace(/^./, (letter) => letter.toUpperCase());

/** Types that are written as what they mean. */
const SPELLED_OUT = new Set(["Sizes", "Tensors"]);

/** One generated file: its imports follow from what is written into it. */
class FileWriter {
  constructor(path) {
    this.path = path;
    this.parts = [];
    this.members = [];
    this.modules = new Map();
    this.types = new Map();
    this.own = new Set();
  }

  /** The plain function or class, as this file names it. */
  plain({ source, name }) {
    const known = this.modules.get(source.path);
    const alias = known ?? `from${fileName(source.path)}${[...this.modules.values()].includes(`from${fileName(source.path)}`) ? this.modules.size : ""}`;
    this.modules.set(source.path, alias);
    return `${alias}.${name}`;
  }

  /** Imports every type that the node names. */
  takeTypes(node, source, typeParameters = []) {
    if (node === null || typeof node !== "object") return;
    if (Array.isArray(node)) {
      for (const each of node) this.takeTypes(each, source, typeParameters);
      return;
    }
    const inner = node.typeParameters?.params?.map((parameter) => parameter.name.name) ?? [];
    const known = [...typeParameters, ...inner];
    if (node.type === "TSTypeReference" && node.typeName.type === "Identifier" && !SPELLED_OUT.has(node.typeName.name) && !known.includes(node.typeName.name))
      this.#takeType(node.typeName.name, source);
    for (const [key, value] of Object.entries(node)) if (key !== "typeName" && typeof value === "object") this.takeTypes(value, source, known);
  }

  #takeType(name, source) {
    const entry = source.resolveType(name);
    if (entry === null) return;
    if (!entry.exported) throw new Error(`${entry.source.path}: the type ${name} is part of a public form, so it has to be exported`);
    const before = this.types.get(entry.name);
    if (before !== undefined && before !== entry.source.path) throw new Error(`two types are called ${entry.name}: ${before} and ${entry.source.path}`);
    this.types.set(entry.name, entry.source.path);
  }

  takeForm(form, typeParameters) {
    const generics = [...typeParameters, ...form.typeParameters];
    const own = generics.map(({ name }) => name);
    for (const { node, source } of generics) for (const part of [node.constraint, node.default]) this.takeTypes(part, source, own);
    for (const parameter of [...form.parameters, ...(form.keywords?.members ?? [])]) this.takeTypes(parameter.node, parameter.source, own);
    if (form.returnNode) this.takeTypes(form.returnNode, form.source, own);
  }

  /** The path of an import. */
  specifier(path) {
    const found = relative(dirname(this.path), path).replaceAll("\\", "/");
    return found.startsWith(".") ? found : `./${found}`;
  }

  text(body = this.parts.join("\n")) {
    const byPath = new Map();
    for (const [name, path] of this.types) if (!this.own.has(name)) byPath.set(path, [...(byPath.get(path) ?? []), name]);
    const root = dirname(dirname(this.path));
    const used = ["call", "callMethod", "callOn", "checkMethods", "checkStatics", "constructible", "isList", "isShape", "isSize", "isTensors", "over"].filter(
      (name) => new RegExp(`(?<!\\.)\\b${name}[(<]`).test(body),
    );
    const isTensorUsed = /instanceof Tensor|= Tensor;/.test(body);
    const tensorPath = join(root, "tensor.ts");
    const imports = [
      used.length > 0 ? `import { ${used.join(", ")} } from "../forms/callable.ts";` : null,
      isTensorUsed ? `import { Tensor } from "../tensor.ts";` : null,
      ...[...this.modules].map(([path, alias]) => `import * as ${alias} from "${this.specifier(path)}";`),
      ...[...byPath].map(([path, names]) => {
        const own = path === tensorPath && isTensorUsed ? names.filter((name) => name !== "Tensor") : names;
        return own.length === 0 ? null : `import type { ${own.join(", ")} } from "${this.specifier(path)}";`;
      }),
    ].filter((line) => line !== null);
    return `${HEADER}/* oxlint-disable */\n${imports.join("\n")}\n\n${body}\n`;
  }
}

/** Name → path of the file that declares it, for every type that a form names. */
export function typesOf(form, typeParameters) {
  const writer = new FileWriter("");
  writer.takeForm(form, typeParameters);
  return writer.types;
}

/** Documentation as users read it: without the tag. */
export function docText(doc, indent = "") {
  if (doc === null) return "";
  const lines = doc
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .filter((line) => !/^\s*@(api|base|factory)\b/.test(line));
  while (lines.length > 0 && lines[0] === "") lines.shift();
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${indent}/** ${lines[0].trim()} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

const typeParameterText = (list) => (list.length === 0 ? "" : `<${list.map(({ text }) => text).join(", ")}>`);

function writeFunction(file, declaration, own, shownName) {
  const plain = file.plain(declaration);
  const { forms } = declaration;
  // Documentation on the first overload shows on all.
  const overloads = forms.flatMap((form, i) => {
    file.takeForm(form, []);
    return parameterLists(form).map(
      (list, j) =>
        `${i + j === 0 ? docText(form.doc ?? declaration.doc) : ""}export function ${own}${typeParameterText(form.typeParameters)}(${list}): ${form.returns};`,
    );
  });
  const { names, body } = implementation(
    forms,
    shownName,
    0,
    (values) => `${plain}(${values})`,
    (signatures, values) => `call(${plain}, ${signatures}, ${values})`,
  );
  file.parts.push(`${overloads.join("\n")}\nexport function ${own}(${names}): any {\n${body}\n}\n`);
}

/**
 * The function that stands before the plain one: a condition for each form under which everything is in its place.
 * @param skip how many of the forms' first parameters are not among the function's own (a method's receiver)
 */
function implementation(forms, shownName, skip, direct, indirect) {
  // Nothing of a rest can be given by name, nor be surplus.
  if (forms.length === 1 && forms[0].parameters.length === skip + 1 && forms[0].parameters[skip].isRest)
    return { names: "...values: any[]", body: `  return ${direct("...values")};` };
  const signatures = `[${forms.map((form) => JSON.stringify(signatureText(shownName, form))).join(", ")}]`;
  if (forms.some(({ parameters }) => parameters.at(-1)?.spread)) {
    const own = forms.map((form) => spreadCondition(form, skip, direct)).filter((line) => line !== null);
    return { names: "...values: any[]", body: [...own, `  return ${indirect(signatures, "values")};`].join("\n") };
  }
  const count = Math.max(...forms.map(({ parameters, keywords }) => parameters.length + (keywords ? 1 : 0))) - skip;
  // One place more than are taken by position, so that a wrong name there is told as one.
  const names = Array.from({ length: Math.max(...forms.map(({ parameters }) => parameters.length)) - skip + 1 }, (_, i) => `a${i}`);
  const lines = forms.map((form) => {
    const condition = inPlace({ ...form, parameters: form.parameters.slice(skip) }, names.slice(0, count));
    const values = names.slice(0, form.parameters.length - skip).join(", ");
    return condition === null ? null : `  if (${[`arguments.length <= ${count}`, condition].filter(Boolean).join(" && ")}) return ${direct(values)};`;
  });
  return {
    names: names.map((name) => `${name}?: any`).join(", "),
    body: [...lines.filter((line) => line !== null), `  return ${indirect(signatures, `[${names.join(", ")}], arguments.length`)};`].join("\n"),
  };
}

/** Numbers or tensors one by one, or one list of them. */
function spreadCondition(form, skip, direct) {
  const { parameters, keywords } = form;
  if (!parameters.at(-1)?.spread) return plainCondition(form, skip, direct);
  if (parameters.length !== skip + 1 || (keywords && keywords.members.some(({ optional }) => !optional))) return null;
  const check = parameters[skip].type === "Sizes" ? "isShape" : "isTensors";
  return `  if (values.length === 1 && ${check}(values[0])) return ${direct("values[0]")};\n  if (values.length > 0 && ${check}(values)) return ${direct("values")};`;
}

/** A form without such a list, beside one that has it. */
function plainCondition(form, skip, direct) {
  const own = form.parameters.slice(skip);
  const condition = inPlace(
    { ...form, parameters: own },
    own.map((_, i) => `values[${i}]`),
  );
  return condition === null
    ? null
    : `  if (values.length <= ${own.length}${condition === "" ? "" : ` && ${condition}`}) return ${direct(own.map((_, i) => `values[${i}]`).join(", "))};`;
}

function writeMethod(file, declaration, name) {
  const plain = file.plain(declaration);
  const isDerived = name.endsWith("_") && !declaration.name.endsWith("_");
  const withReceiver = declaration.forms.filter(({ parameters }) => parameters.length > 0);
  // Some functions have forms that only stand alone: `repeatInterleave(repeats)`.
  const ofInput = withReceiver.filter(({ parameters }) => parameters[0].name === "input");
  const forms = ofInput.length > 0 ? ofInput : withReceiver;
  const signatures = forms.flatMap((form, i) => {
    file.takeForm(form, []);
    const rest = { ...form, parameters: form.parameters.slice(1) };
    const returns = isDerived || name.endsWith("_") ? "this" : form.returns;
    return parameterLists(rest).map(
      (list, j) =>
        `${i + j === 0 ? docText(form.doc ?? declaration.doc, "    ") : ""}    ${name}${typeParameterText(form.typeParameters)}(${list}): ${returns};`,
    );
  });
  const [direct, indirect] = isDerived
    ? [
        (values) => `over(this, (before) => ${plain}(${["before", values].filter(Boolean).join(", ")}))`,
        (texts, values) => `over(this, (before) => callOn(before, ${plain}, ${texts}, ${values}))`,
      ]
    : [(values) => `${plain}(${["this", values].filter(Boolean).join(", ")})`, (texts, values) => `callOn(this, ${plain}, ${texts}, ${values})`];
  const { names, body } = implementation(forms, name, 1, direct, indirect);
  file.members.push({ name, types: signatures.join("\n"), code: `  ${name}(${names}) {\n${body.replace(/^/gm, "  ")}\n  },` });
}

function methodsText(file) {
  const { members } = file;
  const tensorPath = join(dirname(dirname(file.path)), "tensor.ts");
  // What stands in the tensor's own file is in scope within it.
  for (const [name, path] of file.types) if (path === tensorPath) file.types.delete(name);
  return `declare module "../tensor.ts" {
  interface Tensor {
${members.map(({ types }) => types).join("\n")}
  }
}

const methods: Record<string, unknown> & ThisType<any> = {
${members.map(({ code }) => code).join("\n")}
};
const { prototype } = Tensor;
for (const [name, value] of Object.entries(methods)) Object.defineProperty(prototype, name, { value, writable: true, configurable: true });`;
}

/** Methods that subclasses write and the house calls. */
const HOUSE_METHODS = new Set(["extraRepr", "toString", "toJSON"]);

/** Holds the methods of a class to their forms. */
function writeMethodsOf(file, declaration) {
  const own = declaration.methods.filter(
    ({ name, isAbstract }) => !isAbstract && !HOUSE_METHODS.has(name) && !(declaration.kind === "base" && name === "forward"),
  );
  const parts = [
    ["checkMethods", own],
    ["checkStatics", declaration.kind === "base" ? [] : declaration.statics],
  ];
  for (const [check, methods] of parts) {
    if (methods.length === 0) continue;
    const plain = file.plain(declaration);
    file.parts.push(`${check}(${plain}, {\n${methods.map((method) => checkedMethod(declaration, method)).join("\n")}\n});\n`);
  }
}

function checkedMethod(declaration, { name, forms }) {
  const { names, body } = implementation(
    forms,
    name === "forward" ? declaration.name : `${declaration.name}.${name}`,
    0,
    (values) => `plain.call(${["this", values].filter(Boolean).join(", ")})`,
    (texts, values) => `callMethod(this, plain, ${texts}, ${values})`,
  );
  return `  ${name}: (plain) => function (this: any${names === "" ? "" : `, ${names}`}) {\n${body.replace(/^/gm, "  ")}\n  },`;
}

/**
 * Types of methods' arguments by name, for the house's own tests, which read the source. The program that users' types are
 * made of must not have them: the compiler leaves out methods that are declared in two places, and `types.mjs` puts the forms in.
 */
function writeNamedForms(file, declaration) {
  const { typeParameters, source, methods } = declaration;
  const members = methods.flatMap(({ name, forms, isInherited, isAbstract }) =>
    name === "forward" || isInherited || isAbstract || forms.length > 1 || HOUSE_METHODS.has(name)
      ? []
      : forms
          .filter(({ parameters }) => parameters.length > 0 && !parameters.at(-1).spread)
          .map((form) => {
            // The file's own types are known within what is added to it.
            for (const [type, path] of typesOf(form, typeParameters)) if (path !== source.path) file.types.set(type, path);
            // Signatures that the plain method can't stand for are left to users' editors.
            return `    ${name}${typeParameterText(form.typeParameters)}(${methodSignatures(form)[0]}): ${form.returns ?? "void"};`;
          }),
  );
  if (members.length === 0) return;
  const specifier = file.specifier(source.path);
  file.parts.push(`declare module "${specifier}" {\n  interface ${declaration.name}${typeParameterText(typeParameters)} {\n${members.join("\n")}\n  }\n}\n`);
}

function writeClass(file, declaration, own, publicName) {
  const plain = file.plain(declaration);
  const { typeParameters, forms, statics } = declaration;
  file.own.add(own);
  const doc = docText(declaration.doc);
  const parameterNames = typeParameters.length === 0 ? "" : `<${typeParameters.map(({ name }) => name).join(", ")}>`;
  const lists = forms.flatMap((form) => {
    file.takeForm(form, typeParameters);
    return parameterLists(form);
  });
  const texts = `[${forms.map((form) => JSON.stringify(signatureText(`new ${publicName.replace(/^torch\./, "")}`, form))).join(", ")}]`;
  const constructors = lists.map((list) => `  new ${typeParameterText(typeParameters)}(${list}): ${plain}${parameterNames};`);
  const ofClass = statics.flatMap((method) =>
    method.forms.flatMap((form) => {
      file.takeForm(form, []);
      return parameterLists(form).map(
        (list) => `${docText(method.doc, "  ")}  ${method.name}${typeParameterText(form.typeParameters)}(${list}): ${form.returns};`,
      );
    }),
  );
  const others = `Omit<typeof ${plain}, ${["prototype", ...statics.map(({ name }) => name)].map((name) => JSON.stringify(name)).join(" | ")}>`;
  file.parts.push(
    `export interface ${own}Forms extends ${others} {\n${[...constructors, ...ofClass].join("\n")}\n  readonly prototype: ${plain}${anyParameters(typeParameters)};\n}\n${doc}export const ${own}: ${own}Forms = constructible(${plain}, ${texts});\nexport type ${own}${typeParameterText(typeParameters)} = ${plain}${parameterNames};\n`,
  );
}

const anyParameters = (list) => (list.length === 0 ? "" : `<${list.map(() => "any").join(", ")}>`);
