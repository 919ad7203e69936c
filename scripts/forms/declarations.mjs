/**
 * The public operations, layers, optimizers … as their files declare them: what carries a tag `@api` in its documentation,
 * with its forms (one for each overload) and their parameters.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { kindsOf } from "./kinds.mjs";
import { publicName } from "./overloads.mjs";
import { sourceAt } from "./source.mjs";

/** All declarations below `folder`, in the order of files and of lines. */
export function declarationsIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[/\\](assembly|api)[/\\]|generated\.ts$/.test(path))
    .sort()
    .flatMap((path) => [...sourceAt(path).declarations.values()].flatMap(declaration));
}

function declaration(entries) {
  const tagged = entries.find(({ doc }) => /@api\s/.test(doc ?? ""));
  if (!tagged) return [];
  const { source, name } = tagged;
  if (!entries.some(({ exported }) => exported)) throw new Error(`${source.path}: ${name} has a tag @api, but isn't exported`);
  const names = [...tagged.doc.matchAll(/@api\s+([^\n]+)/g)].flatMap(([, list]) =>
    list
      .replace(/\*\/?$/, "")
      .trim()
      .split(/\s+/),
  );
  const own = entries.filter(({ node }) => /Function|Class|Variable/.test(node.type));
  const shared = { name, names, source, doc: tagged.doc };
  if (own.length === 0) return [{ ...shared, kind: "type" }];
  if (own[0].node.type === "ClassDeclaration") return [{ ...shared, kind: /@base\b/.test(tagged.doc) ? "base" : "class", ...classForms(own[0]) }];
  const standIn = classOfVariable(own[0]);
  if (standIn) return [{ ...shared, name: standIn.name, source: standIn.source, publicSource: source, kind: "base", ...classForms(standIn) }];
  const forms = functionForms(own);
  return [forms === null ? { ...shared, kind: "value" } : { ...shared, kind: "function", forms }];
}

/** `export const Module: typeof PlainModule`: a class that users have in another dress. */
function classOfVariable({ node, source }) {
  const annotation = node.type === "VariableDeclaration" ? node.declarations[0].id.typeAnnotation?.typeAnnotation : null;
  const entry = annotation?.type === "TSTypeQuery" ? source.resolveType(annotation.exprName.name) : null;
  return entry?.node.type === "ClassDeclaration" ? entry : null;
}

function functionForms(entries) {
  if (entries[0].node.type === "VariableDeclaration") return formsOfVariable(entries[0]);
  const overloads = entries.filter(({ node }) => node.type === "TSDeclareFunction");
  return (overloads.length > 0 ? overloads : entries).map(({ node, source, doc }) => formOf(node, source, [], doc));
}

/** `export const acos: UnaryFunction = …`: the type tells the form. `null` for a value that isn't called. */
function formsOfVariable({ node, source, doc }) {
  const annotation = node.declarations[0].id.typeAnnotation?.typeAnnotation;
  const entry = annotation?.type === "TSTypeReference" ? source.resolveType(annotation.typeName.name) : null;
  const type = entry ? entry.node.typeAnnotation : annotation;
  return type?.type === "TSFunctionType" ? [formOf(type, entry?.source ?? source, [], withParameters(doc, entry?.doc ?? ""))] : null;
}

/** What the type says about its parameters stands before a function's own references. */
function withParameters(doc, typeDoc) {
  const lines = typeDoc.split("\n").filter((line) => /^\s*\* \S/.test(line));
  const first = lines.findIndex((line) => /@param\b/.test(line));
  if (doc === null || first === -1) return doc;
  const own = doc.split("\n");
  const end = own.findIndex((line) => /^\s*\* @/.test(line));
  const at = end === -1 ? own.length - 1 : end;
  return [...own.slice(0, at), ...lines.slice(first), ...own.slice(at)].join("\n");
}

function classForms(entry) {
  const { node, source, name } = entry;
  const typeParameters = node.typeParameters?.params ?? [];
  const methods = methodDefinitions(node);
  const own = methods.filter(({ key }) => key.name === "constructor");
  const superClass = superClassOf(entry);
  const above = superClass ? classForms(superClass) : null;
  const forms = own.length === 0 && above ? above.forms : formsOfMember(own, source, typeParameters, name);
  return {
    above,
    typeParameters: parameterTexts(typeParameters, source),
    forms: /@factory\b/.test(entry.doc ?? "") ? forms.map(withFactory) : forms,
    methods: allMethods(entry, ({ static: isStatic }) => !isStatic),
    statics: allMethods(entry, ({ static: isStatic }) => isStatic),
  };
}

const methodDefinitions = (node) => node.body.body.filter((member) => /^(TSAbstract)?MethodDefinition$/.test(member.type) && member.key.type === "Identifier");

function superClassOf({ node, source }) {
  const above = node.superClass?.type === "Identifier" ? source.resolveType(node.superClass.name) : null;
  return above?.node.type === "ClassDeclaration" ? above : null;
}

/** A class's own methods, and those of the abstract classes above it that have no tag, which are public through this one. */
function allMethods(entry, wanted) {
  const own = methodsOf(methodDefinitions(entry.node).filter(wanted), entry.source, entry.node.typeParameters?.params ?? []);
  const above = superClassOf(entry);
  if (above === null || !above.node.abstract || /@api\s/.test(above.doc ?? "")) return own;
  const inherited = allMethods(above, wanted).filter(({ name }) => !own.some((method) => method.name === name));
  return [...own, ...inherited.map((method) => ({ ...method, isInherited: true }))];
}

/** Layers take a device and a type for their parameters, of each of which there is one. */
function withFactory(form) {
  const only = (name, type, kinds) => ({ name, type, node: null, source: form.source, optional: true, kinds, default: null, spread: false });
  const device = only("device", 'import("../device.ts").DeviceLike | null', ["processor", "null"]);
  const dtype = only("dtype", '"float32" | null', ['"float32"', "null"]);
  return { ...form, parameters: [...form.parameters, device, dtype] };
}

const parameterTexts = (typeParameters, source) =>
  typeParameters.map((parameter) => ({ name: parameter.name.name, text: source.slice(parameter), node: parameter, source }));

function formsOfMember(members, source, typeParameters) {
  const overloads = members.filter(({ value }) => value.body === null);
  const taken = overloads.length > 0 ? overloads : members;
  if (taken.length === 0) return [{ parameters: [], keywords: null, returns: null, typeParameters: [], doc: null }];
  return taken.map((member) => formOf(member.value, source, typeParameters, source.docBefore(member.start)));
}

/** Public methods by name, with their forms; not those for subclasses or the house alone. */
function methodsOf(members, source, typeParameters) {
  const names = [...new Set(members.map(({ key }) => key.name))];
  return names.flatMap((name) => {
    const own = members.filter(({ key, kind, computed }) => key.name === name && kind === "method" && !computed);
    const doc = own.map((member) => source.docBefore(member.start)).find((text) => text !== null) ?? null;
    const isPublic = own.every(({ accessibility }) => accessibility === null || accessibility === undefined || accessibility === "public");
    if (own.length === 0 || !isPublic || /@internal/.test(doc ?? "")) return [];
    return [{ name, doc, isStatic: own[0].static, isAbstract: own[0].type.startsWith("TSAbstract"), forms: formsOfMember(own, source, typeParameters) }];
  });
}

/** A signature's parameters. One that is called `options`, or is taken apart, holds what PyTorch takes by name only. */
function formOf(fn, source, outerTypeParameters, doc) {
  const typeParameters = [...outerTypeParameters, ...(fn.typeParameters?.params ?? [])];
  const parameters = [];
  let keywords = null;
  for (const each of fn.params) {
    const parameter = each.type === "TSParameterProperty" ? each.parameter : each;
    const pattern = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
    const fallback = parameter.type === "AssignmentPattern" ? parameter.right : null;
    if (pattern.type === "ObjectPattern" || (pattern.name === "options" && !isRecord(pattern, source)))
      keywords = keywordsOf(pattern, fallback, source, typeParameters);
    else parameters.push(parameterOf(pattern, fallback, source, typeParameters));
  }
  return {
    parameters,
    keywords,
    doc,
    source,
    typeParameters: parameterTexts(fn.typeParameters?.params ?? [], source),
    returns: fn.returnType ? source.slice(fn.returnType.typeAnnotation) : null,
    returnNode: fn.returnType?.typeAnnotation ?? null,
  };
}

/** `options: Record<…>` is a value like any other: its names are the caller's. */
const isRecord = (pattern, source) => /^(Readonly<)?Record</.test(source.slice(pattern.typeAnnotation.typeAnnotation));

const DEFAULT_TYPES = { number: "number", boolean: "boolean", string: "string" };

function parameterOf(pattern, fallback, source, typeParameters) {
  const isRest = pattern.type === "RestElement";
  const target = isRest ? pattern.argument : pattern;
  const annotation = (isRest ? (pattern.typeAnnotation ?? target.typeAnnotation) : target.typeAnnotation)?.typeAnnotation;
  const type = annotation ? source.slice(annotation) : defaultType(fallback, source, target.name);
  const defaultText = fallback ? source.slice(fallback) : null;
  const kinds = annotation ? kindsOf(annotation, source, typeParameters) : [type];
  return {
    name: publicName(target.name),
    type,
    node: annotation ?? null,
    source,
    isRest,
    optional: pattern.optional === true || fallback !== null || isRest,
    default: defaultText,
    isGeneric: typeParameters.some((each) => each.name.name === type),
    kinds,
    // Spelled in the type, because only some lists may also be given one by one.
    spread: isRest || /^Sizes$|^Tensors$/.test(type),
  };
}

function defaultType(fallback, source, name) {
  const value = fallback?.type === "UnaryExpression" ? fallback.argument.value : fallback?.value;
  const type = DEFAULT_TYPES[typeof value];
  if (type === undefined) throw new Error(`${source.path}: the parameter ${name} needs a type`);
  return type;
}

/** The members of the object of arguments by name. */
function keywordsOf(pattern, fallback, source, typeParameters) {
  const annotation = pattern.typeAnnotation.typeAnnotation;
  const defaults = new Map();
  for (const property of pattern.properties ?? []) {
    if (property.value?.type === "AssignmentPattern") defaults.set(property.key.name, source.slice(property.value.right));
  }
  const members = membersOf(annotation, source, typeParameters).map((member) => ({ ...member, default: defaults.get(member.name) ?? null }));
  return { type: source.slice(annotation), optional: fallback !== null || pattern.optional === true, members };
}

function membersOf(node, source, typeParameters) {
  if (node.type === "TSTypeLiteral") return node.members.map((member) => memberOf(member, source, typeParameters));
  if (node.type === "TSIntersectionType") return node.types.flatMap((each) => membersOf(each, source, typeParameters));
  if (node.type !== "TSTypeReference") throw new Error(`${source.path}: arguments by name must be an interface or a literal, not ${source.slice(node)}`);
  const entry = source.resolveType(node.typeName.name);
  if (entry?.node.type === "TSTypeAliasDeclaration") return membersOf(entry.node.typeAnnotation, entry.source, typeParameters);
  if (entry?.node.type !== "TSInterfaceDeclaration") throw new Error(`${source.path}: ${source.slice(node)} isn't an interface`);
  const inherited = (entry.node.extends ?? []).flatMap(({ expression }) =>
    membersOf({ type: "TSTypeReference", typeName: expression }, entry.source, typeParameters),
  );
  const own = entry.node.body.body.map((member) => memberOf(member, entry.source, typeParameters));
  return [...inherited.filter(({ name }) => !own.some((member) => member.name === name)), ...own];
}

function memberOf(member, source, typeParameters) {
  const annotation = member.typeAnnotation.typeAnnotation;
  return {
    name: member.key.name,
    type: source.slice(annotation),
    node: annotation,
    source,
    optional: member.optional === true,
    kinds: kindsOf(annotation, source, typeParameters),
    default: null,
    spread: false,
  };
}
