/** What the text tells of tensors: which names hold one, and which calls compute another. */
import type * as t from "@babel/types";
import type { Program } from "./program.ts";
import type { Binding } from "./scopes.ts";
import { bare, isFunction, keyName, memberName, objectOf, type Node } from "./tree.ts";

/** Methods of tensors, functions, and functions of `nn.functional` that leave their tensor as it is and give a new one. */
export const computing: ReadonlySet<string> = new Set(
  (
    "abs add addmm all amax amin any argmax argmin baddbmm bmm ceil celu clamp clone contiguous cos cumsum detach diagonal div double dropout elu eq erf exp expand expm1 " +
    "flatten flip float floor gather ge gelu glu gt half hardswish hardtanh indexSelect leakyRelu isfinite isinf isnan le log log10 log1p log2 logicalAnd logicalNot logicalOr logicalXor logsigmoid logSoftmax logsumexp long lt " +
    "maskedFill maskedSelect matmul maximum mean minimum mish mm movedim mul narrow ne neg nanToNum norm normalize permute pow prod reciprocal relu relu6 remainder repeat " +
    "reshape roll round rsqrt scatter scatterAdd select selu sigmoid sign silu sin softmax softplus softsign sqrt square squeeze sub sum swapaxes t take tan tanh tile to transpose tril triu " +
    "trunc unflatten unsqueeze var view viewAs where"
  ).split(" "),
);

/** The same of a name of Kindling's: `relu`, `nn.functional.relu`. */
export function computes(api: string): boolean {
  return computing.has(api.replace(/^nn\.functional\./, ""));
}

/** Functions that make a tensor of nothing but numbers. */
const creating = /^(?:tensor|(?:zeros|ones|full|empty|rand|randn|randint)(?:Like)?|arange|linspace|eye|cat|stack|fromNumpy)$/;

/** Functions that compute a loss. */
const judging = /^nn\.functional\.(?:\w+Loss|crossEntropy|binaryCrossEntropy\w*|klDiv)$/;

/** Whether an expression is a tensor, as far as the text tells. */
export function isTensor(program: Program, node: Node): boolean {
  const expression = bare(node);
  const binding = program.bindingOf(expression);
  if (binding) return holdsTensor(program, binding);
  const field = program.fieldOf(expression);
  if (field) return isTensorType(field.declaration?.typeAnnotation) || program.isParameter(expression);
  return expression.type === "CallExpression" && givesTensor(program, expression);
}

/** A call that gives a tensor and leaves all others as they are. */
export function givesTensor(program: Program, call: t.CallExpression): boolean {
  const api = program.apiOf(call.callee);
  if (api !== undefined) return creating.test(api) || computes(api) || judging.test(api);
  if (program.moduleOf(call.callee)) return true;
  const object = objectOf(call.callee);
  return object !== undefined && computing.has(memberName(call.callee) ?? "") && isTensor(program, object);
}

/** Whether an expression is data, and comes from no model: a batch's, or drawn or made of numbers. */
export function isData(program: Program, node: Node): boolean {
  const value = program.valueOf(node);
  const declaration = program.bindingOf(value)?.declaration;
  if (declaration) return declaration.type === "VariableDeclarator" && isBatch(program, declaration);
  if (value.type !== "CallExpression") return false;
  const api = program.apiOf(value.callee);
  if (api !== undefined) return /^(?:rand|randn|randint|zeros|ones)$/.test(api);
  const object = objectOf(value.callee);
  return object !== undefined && /^(?:float|int|long|round|squeeze|unsqueeze|view|reshape)$/.test(memberName(value.callee) ?? "") && isData(program, object);
}

function holdsTensor(program: Program, { node, declaration, kind }: Binding): boolean {
  const { typeAnnotation } = node;
  if (typeAnnotation) return isTensorType(typeAnnotation);
  if (kind === "parameter") return isFunction(declaration) && isForward(program, declaration) && declaration.params.includes(node);
  if (declaration.type !== "VariableDeclarator") return false;
  if (declaration.id === node) return declaration.init ? isTensor(program, declaration.init) : false;
  return isBatch(program, declaration);
}

/** `forward(x)` of a module without types. */
function isForward(program: Program, method: Node): boolean {
  const owner = program.parentOf(program.parentOf(method) ?? method);
  return (
    method.type === "ClassMethod" &&
    keyName(method.key) === "forward" &&
    (owner?.type === "ClassDeclaration" || owner?.type === "ClassExpression") &&
    program.isModule(owner)
  );
}

/** `for (const [x, y] of loader)` with a loader of Kindling's. */
function isBatch(program: Program, declarator: t.VariableDeclarator): boolean {
  const loop = program.parentOf(program.parentOf(declarator) ?? declarator);
  return declarator.id.type === "ArrayPattern" && loop?.type === "ForOfStatement" && program.instanceOf(loop.right)?.api === "data.DataLoader";
}

function isTensorType(annotation: Node | null | undefined): boolean {
  const type = annotation?.type === "TSTypeAnnotation" ? annotation.typeAnnotation : undefined;
  return type?.type === "TSTypeReference" && type.typeName.type === "Identifier" && type.typeName.name === "Tensor";
}
