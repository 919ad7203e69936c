/** What a folder's `tsconfig.json` says about decorators, the one choice of TypeScript's that changes what a program does. */
import { parseExpressionAt, type AnyNode } from "acorn";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";

export interface DecoratorOptions {
  readonly experimentalDecorators?: boolean;
  readonly emitDecoratorMetadata?: boolean;
}

/** Of the nearest `tsconfig.json` above the file, with all that it extends; nothing where it can't be read. */
export function decoratorOptions(file: string): DecoratorOptions {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const config = join(folder, "tsconfig.json");
    if (existsSync(config)) return optionsIn(config, []);
    if (dirname(folder) === folder) return {};
  }
}

/** @param extending the files that led here, against circles */
function optionsIn(config: string, extending: readonly string[]): DecoratorOptions {
  if (extending.includes(config)) return {};
  const text = readText(config);
  const { extends: bases, compilerOptions } = (text === undefined ? {} : (readJson(text) ?? {})) as { extends?: unknown; compilerOptions?: DecoratorOptions };
  const inherited = [bases].flat().map((base) => {
    const path = typeof base === "string" ? baseOf(base, config) : undefined;
    return path === undefined ? {} : optionsIn(path, [...extending, config]);
  });
  return Object.assign({}, ...inherited, compilerOptions) as DecoratorOptions;
}

/** `extends` names a file, with or without its ending, or a package. */
function baseOf(name: string, config: string): string | undefined {
  const isPath = name.startsWith(".") || isAbsolute(name);
  const candidates = isPath ? [resolve(dirname(config), name), resolve(dirname(config), `${name}.json`)] : packageConfigs(name, config);
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
}

function packageConfigs(name: string, config: string): string[] {
  const { resolve: find } = createRequire(config);
  return [`${name}/tsconfig.json`, name, `${name}.json`].flatMap((candidate) => {
    try {
      return [find(candidate)].filter((path) => path.endsWith(".json"));
    } catch {
      return [];
    }
  });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch {
    return undefined;
  }
}

/** JSON with comments and trailing commas, which is an expression of JavaScript's. */
function readJson(text: string): unknown {
  try {
    return valueOf(parseExpressionAt(text, 0, { ecmaVersion: "latest" }) as AnyNode);
  } catch {
    return undefined;
  }
}

function valueOf(node: AnyNode): unknown {
  switch (node.type) {
    case "Literal":
      return node.value;
    case "ArrayExpression":
      return node.elements.map((element) => element && valueOf(element));
    case "ObjectExpression":
      return Object.fromEntries(
        node.properties.flatMap((property) =>
          property.type === "Property" && property.key.type === "Literal" ? [[String(property.key.value), valueOf(property.value)]] : [],
        ),
      );
    default:
      return undefined;
  }
}
