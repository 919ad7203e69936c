/**
 * What values a parameter takes, as the running program can tell: `Tensor|number`, `Int[]`, `"mean"|"sum"`, `object`, `any`.
 * The words are those of `src/engine/forms/kinds.ts`.
 */

/** Types that mean something to the boundary. */
const MEANINGS = {
  Int: ["Int"],
  Size: ["Int", "Int[]"],
  Shape: ["Int[]"],
  Sizes: ["Int[]"],
  Tensors: ["Tensor[]"],
  Tensor: ["Tensor"],
  Parameter: ["Tensor"],
  ScalarOrTensor: ["Scalar", "Tensor"],
  // Truth values stay such.
  Operand: ["number", "Tensor", "boolean"],
  Scalar: ["Scalar"],
  DTypeName: ["DType"],
  DType: ["DType"],
  URL: ["@URL"],
  Float32Array: ["list"],
  Float64Array: ["list"],
  Int32Array: ["list"],
  Uint8Array: ["list"],
  // What takes these has better words for what they can't be.
  OptimizerParameters: ["any"],
  SampleSource: ["any"],
};

const KEYWORDS = {
  TSNumberKeyword: "number",
  TSBigIntKeyword: "bigint",
  TSStringKeyword: "string",
  TSBooleanKeyword: "boolean",
  TSNullKeyword: "null",
  TSUndefinedKeyword: "undefined",
  TSFunctionType: "function",
  TSConstructorType: "function",
  TSTypeLiteral: "object",
  TSObjectKeyword: "object",
};

/**
 * The alternatives of a type, without repetition.
 * @param typeParameters those in scope, as the parser gives them
 */
export function kindsOf(node, source, typeParameters = []) {
  const all = alternatives(node, source, typeParameters);
  return all.includes("any") ? ["any"] : [...new Set(all)].filter((kind) => kind !== "undefined");
}

function alternatives(node, source, typeParameters) {
  const again = (other) => alternatives(other, source, typeParameters);
  const keyword = KEYWORDS[node.type];
  if (keyword) return [keyword];
  switch (node.type) {
    case "TSUnionType":
      return node.types.flatMap(again);
    case "TSParenthesizedType":
      return again(node.typeAnnotation);
    case "TSLiteralType":
      return [literal(node.literal)];
    case "TSTypeOperator":
      return node.operator === "readonly" ? again(node.typeAnnotation) : ["any"];
    case "TSArrayType":
      return lists(again(node.elementType));
    case "TSTupleType":
      return tuple(node.elementTypes.map((element) => again(element.elementType ?? element.typeAnnotation ?? element)));
    case "TSTypeReference":
      return reference(node, source, typeParameters);
    default:
      return ["any"];
  }
}

const literal = ({ value, raw }) =>
  typeof value === "string" ? JSON.stringify(value) : typeof value === "boolean" ? "boolean" : typeof value === "number" ? "number" : raw;

/** Lists of simple elements are checked one by one, others as lists only. */
const lists = (elements) => (elements.length === 1 && /^(Int|number|boolean|string|Tensor|function|@\w+)$/.test(elements[0]) ? [`${elements[0]}[]`] : ["list"]);

/** Numbers or tensors in a fixed count. */
const tuple = (elements) =>
  elements.every((each) => each.length === 1 && /^(Int|number|Tensor)$/.test(each[0]) && each[0] === elements[0][0])
    ? [`${elements[0][0]}[${elements.length}]`]
    : ["list"];

function reference(node, source, typeParameters) {
  const { name } = node.typeName;
  const own = typeParameters.find((parameter) => parameter.name.name === name);
  // A type parameter takes what it extends.
  if (own)
    return own.constraint
      ? alternatives(
          own.constraint,
          source,
          typeParameters.filter((each) => each !== own),
        )
      : ["any"];
  if (name === undefined) return ["any"];
  if (MEANINGS[name]) return MEANINGS[name];
  if (name === "ReadonlyArray" || name === "Array" || name === "Iterable") return ["list"];
  if (name === "Readonly") return alternatives(node.typeArguments.params[0], source, typeParameters);
  if (name === "Record") return ["record"];
  if (name === "ReadonlyMap" || name === "Map" || name === "Set") return ["object"];
  const entry = source.resolveType(name);
  if (entry === null) return ["any"];
  switch (entry.node.type) {
    case "TSTypeAliasDeclaration": {
      // Its own name within it, as in lists of lists, may be anything.
      return alternatives(entry.node.typeAnnotation, entry.source, [...(entry.node.typeParameters?.params ?? []), { name: { name } }]);
    }
    case "ClassDeclaration":
      return [`@${name}`];
    case "TSInterfaceDeclaration":
      return [(entry.node.extends ?? []).some(({ expression }) => expression.name === "Iterable") ? "iterable" : "object"];
    default:
      return ["any"];
  }
}
