import assert from "node:assert/strict";
import { FLIPPED_ALIAS_KEYS, VISITOR_KEYS } from "@babel/types";
import { childrenOf } from "../../src/lint/children.ts";
import { parseProgram, type Node } from "../../src/lint/tree.ts";

/** What only types say, and fields of other grammars. */
const ofTypes = /^(?:typeAnnotation|returnType|typeParameters|typeArguments|superTypeParameters|implements|predicate|variance|mixins|assertions)$/;
/** No part of a module. */
const notRead: ReadonlySet<string> = new Set(["File", "WithStatement"]);
/** Where only another grammar than TypeScript's has decorators. */
const undecorated: ReadonlySet<string> = new Set(["Identifier", "AssignmentPattern", "ObjectPattern", "RestElement", "ObjectProperty", "ObjectMethod"]);

/** A node of that type whose parts are nodes that say which they are. */
function withParts(type: string, names: readonly string[]): Node {
  return { type, ...Object.fromEntries(names.map((name) => [name, { type: name }])) } as unknown as Node;
}

describe("the parts of a program that are read", () => {
  for (const type of FLIPPED_ALIAS_KEYS["Standardized"]!) {
    const names = VISITOR_KEYS[type]!;
    if (notRead.has(type)) continue;
    const parts = names.filter((name) => !ofTypes.test(name) && !(name === "decorators" && undecorated.has(type)));
    if (parts.length === 0) continue;
    it(`of a ${type} are those that Babel knows, in its order`, () =>
      assert.deepEqual(
        childrenOf(withParts(type, names)).map((child) => child.type as string),
        parts,
      ));
  }

  it("are what runs of TypeScript's own forms, and nothing that only types say", () => {
    const text = `
      enum Size { small = one(), large = two() }
      interface Shape { area(given: number): number }
      type Both = Shape & { name: string };
      const a = three() as Both;
      const b = <Both>four();
      const c = five()! satisfies Shape;
      const d = six<Shape>;
      class Net<T extends Shape> extends base<T>() implements Shape { constructor(private readonly e = seven()) { super(); } }
      namespace inner { eight(); }
    `;
    const called: string[] = [];
    const names: string[] = [];
    const look = (node: Node): void => {
      if (node.type === "CallExpression" && node.callee.type === "Identifier") called.push(node.callee.name);
      if (node.type === "Identifier") names.push(node.name);
      childrenOf(node).forEach(look);
    };
    look(parseProgram(text)!);
    assert.deepEqual(called, ["one", "two", "three", "four", "five", "base", "seven", "eight"]);
    assert.ok(names.includes("six"));
    for (const name of ["Shape", "Both", "area", "given", "T"]) assert.ok(!names.includes(name), name);
  });
});
