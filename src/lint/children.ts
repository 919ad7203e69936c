/** Which fields of each kind of node hold parts that run, in the order of the text. What only types say is none of it. */
import type * as t from "@babel/types";

/** Written out: looking at all that a node has, to see which of it are nodes, takes several times as long as the parts themselves. */
const parts: Readonly<Partial<Record<t.Node["type"], readonly string[]>>> = {
  Program: ["directives", "body"],

  // Declarations
  ImportDeclaration: ["specifiers", "source", "attributes"],
  ImportSpecifier: ["imported", "local"],
  ImportDefaultSpecifier: ["local"],
  ImportNamespaceSpecifier: ["local"],
  ImportAttribute: ["key", "value"],
  ExportAllDeclaration: ["source", "attributes"],
  ExportDefaultDeclaration: ["declaration"],
  ExportNamedDeclaration: ["declaration", "specifiers", "source", "attributes"],
  ExportSpecifier: ["local", "exported"],
  ExportNamespaceSpecifier: ["exported"],
  VariableDeclaration: ["declarations"],
  VariableDeclarator: ["id", "init"],
  FunctionDeclaration: ["id", "params", "body"],

  // Classes
  ClassDeclaration: ["decorators", "id", "superClass", "body"],
  ClassExpression: ["decorators", "id", "superClass", "body"],
  ClassBody: ["body"],
  ClassMethod: ["decorators", "key", "params", "body"],
  ClassPrivateMethod: ["decorators", "key", "params", "body"],
  ClassProperty: ["decorators", "key", "value"],
  ClassPrivateProperty: ["decorators", "key", "value"],
  ClassAccessorProperty: ["decorators", "key", "value"],
  PrivateName: ["id"],
  StaticBlock: ["body"],
  Decorator: ["expression"],

  // Statements
  Directive: ["value"],
  BlockStatement: ["directives", "body"],
  ExpressionStatement: ["expression"],
  IfStatement: ["test", "consequent", "alternate"],
  ForStatement: ["init", "test", "update", "body"],
  ForInStatement: ["left", "right", "body"],
  ForOfStatement: ["left", "right", "body"],
  WhileStatement: ["test", "body"],
  DoWhileStatement: ["body", "test"],
  LabeledStatement: ["label", "body"],
  BreakStatement: ["label"],
  ContinueStatement: ["label"],
  ReturnStatement: ["argument"],
  ThrowStatement: ["argument"],
  TryStatement: ["block", "handler", "finalizer"],
  CatchClause: ["param", "body"],
  SwitchStatement: ["discriminant", "cases"],
  SwitchCase: ["test", "consequent"],

  // Expressions
  ArrayExpression: ["elements"],
  ObjectExpression: ["properties"],
  ObjectProperty: ["key", "value"],
  ObjectMethod: ["key", "params", "body"],
  FunctionExpression: ["id", "params", "body"],
  ArrowFunctionExpression: ["params", "body"],
  CallExpression: ["callee", "arguments"],
  OptionalCallExpression: ["callee", "arguments"],
  NewExpression: ["callee", "arguments"],
  ImportExpression: ["source", "options"],
  MemberExpression: ["object", "property"],
  OptionalMemberExpression: ["object", "property"],
  MetaProperty: ["meta", "property"],
  AssignmentExpression: ["left", "right"],
  BinaryExpression: ["left", "right"],
  LogicalExpression: ["left", "right"],
  UnaryExpression: ["argument"],
  UpdateExpression: ["argument"],
  ConditionalExpression: ["test", "consequent", "alternate"],
  SequenceExpression: ["expressions"],
  ParenthesizedExpression: ["expression"],
  SpreadElement: ["argument"],
  AwaitExpression: ["argument"],
  YieldExpression: ["argument"],
  TemplateLiteral: ["quasis", "expressions"],
  TaggedTemplateExpression: ["tag", "quasi"],

  // Patterns
  ArrayPattern: ["elements"],
  ObjectPattern: ["properties"],
  AssignmentPattern: ["left", "right"],
  RestElement: ["argument"],

  // TypeScript's, around what runs
  TSAsExpression: ["expression"],
  TSSatisfiesExpression: ["expression"],
  TSNonNullExpression: ["expression"],
  TSTypeAssertion: ["expression"],
  TSInstantiationExpression: ["expression"],
  TSParameterProperty: ["decorators", "parameter"],
  TSExportAssignment: ["expression"],
  TSEnumDeclaration: ["id", "members"],
  TSEnumMember: ["id", "initializer"],
  TSModuleDeclaration: ["id", "body"],
  TSModuleBlock: ["body"],
};

const partsOf: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(parts));
const none: readonly string[] = [];

/** The parts of a node that run, in the order of the text. */
export function childrenOf(node: t.Node): t.Node[] {
  const children: t.Node[] = [];
  const fields = node as unknown as Readonly<Record<string, t.Node | readonly (t.Node | null)[] | null | undefined>>;
  for (const part of partsOf.get(node.type) ?? none) {
    const value = fields[part];
    if (Array.isArray(value)) {
      for (const one of value) if (one) children.push(one);
    } else if (value) children.push(value as t.Node);
  }
  return children;
}
