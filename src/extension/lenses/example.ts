/** The line that builds an example instance of a class that a run could not build by itself. */

/**
 * @param parameters names of the constructor's parameters
 * @returns the body of a VS Code snippet, a placeholder for each argument
 */
export function exampleSnippet(text: string, className: string, parameters: readonly string[]): string {
  const places = parameters.map((name, index) => `\${${index + 1}:${name.replace(/[\\$}]/g, "\\$&")}}`);
  const call = `const ${freeName(text, "example")} = new ${className}(${places.join(", ")});`;
  const gap = text === "" || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return `${gap}${call}$0\n`;
}

/**
 * Whether an example of the class still has a place that was not filled in: an argument by the name of its parameter,
 * which nothing in the file declares.
 */
export function isUnfinishedExample(text: string, className: string, parameters: readonly string[]): boolean {
  const calls = text.matchAll(new RegExp(`\\bconst example\\d* = new ${escape(className)}\\((.*)`, "g"));
  const missing = parameters.filter((name) => !isDeclared(text, name));
  return [...calls].some(([, rest = ""]) => missing.some((name) => new RegExp(`(?<![.\\w$])${escape(name)}(?![\\w$]|\\s*:)`).test(rest)));
}

function isDeclared(text: string, name: string): boolean {
  return new RegExp(`\\b(?:const|let|var|function|class)\\s+${escape(name)}(?![\\w$])|\\bimport\\b[^;"']*[\\s{,]${escape(name)}(?![\\w$])`).test(text);
}

function escape(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function freeName(text: string, wanted: string): string {
  const isTaken = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
  if (!isTaken(wanted)) return wanted;
  let number = 2;
  while (isTaken(`${wanted}${number}`)) number++;
  return `${wanted}${number}`;
}
