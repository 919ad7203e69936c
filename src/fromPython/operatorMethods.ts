/** What Python calls the methods that stand for its operators. */

export const operatorMethods: Readonly<Record<string, string>> = {
  "+": "__add__",
  "-": "__sub__",
  "*": "__mul__",
  "/": "__truediv__",
  "@": "__matmul__",
  "**": "__pow__",
  "//": "__floordiv__",
  "%": "__mod__",
};

/** What an object on the right of an operator is asked where the left side doesn't know it: `__radd__`. */
export function mirroredMethod(operator: string): string {
  return (operatorMethods[operator] ?? "").replace(/^__/, "__r");
}

/** How objects of the program's own are compared. */
export const comparisonMethods: Readonly<Record<string, string>> = {
  "==": "__eq__",
  "!=": "__eq__",
  "<": "__lt__",
  "<=": "__le__",
  ">": "__gt__",
  ">=": "__ge__",
};
