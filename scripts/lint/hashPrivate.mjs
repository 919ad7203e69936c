// The rule `house/hash-private`: what a class keeps to itself is `#name`, which holds at run time too (docs/decisions/tools.md).
export const hashPrivate = {
  meta: { type: "suggestion" },
  create(context) {
    const hold = (node) => {
      const isConstructor = node.type === "MethodDefinition" && node.kind === "constructor";
      if (node.accessibility === "private" && !isConstructor)
        context.report({ node, message: "write #name for what a class keeps to itself (docs/decisions/tools.md)" });
    };
    return { PropertyDefinition: hold, AccessorProperty: hold, MethodDefinition: hold, TSAbstractMethodDefinition: hold, TSParameterProperty: hold };
  },
};
