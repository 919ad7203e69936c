/** Comments, as TypeScript writes them. */

export function commentLine(text: string, margin: number): string {
  return `${" ".repeat(margin)}${comment(text)}`.trimEnd();
}

export function comment(text: string): string {
  return `// ${text}`.trimEnd();
}

/** A docstring as JSDoc. */
export function docComment(text: string, margin: number): string[] {
  const pad = " ".repeat(margin);
  const lines = text
    .replaceAll("*/", "*\\/")
    .split("\n")
    .map((one) => one.trimEnd());
  const deepest = Math.min(
    ...lines
      .slice(1)
      .filter((one) => one.trim() !== "")
      .map((one) => one.length - one.trimStart().length),
    1000,
  );
  const plain = lines.map((one, at) => (at === 0 ? one.trim() : one.slice(Math.min(deepest, one.length - one.trimStart().length))));
  while (plain.length > 1 && plain.at(-1) === "") plain.pop();
  while (plain.length > 1 && plain[0] === "") plain.shift();
  if (plain.length === 1) return [`${pad}/** ${plain[0]} */`];
  return [`${pad}/**`, ...plain.map((one) => `${pad} * ${one}`.trimEnd()), `${pad} */`];
}
