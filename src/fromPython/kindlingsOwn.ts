/** What Kindling's own Python has for names that PyTorch hasn't: it comes back as those names. */
import { helpers, type HelperName } from "../toPython/helpers.ts";

/** A helper's name in Python, of those that stand for something of Kindling's. */
const names: Partial<Record<HelperName, string>> = { log: "log", read_csv: "read_csv", load_safetensors: "load_safetensors" };

/** The API's names behind them, as if they had been imported. */
export const kindlingsOwn: Readonly<Record<string, string>> = {
  "kindling.log": "log",
  "kindling.read_csv": "data.readCsv",
  "kindling.load_safetensors": "load",
};

/** The program with an import where such a function stood, on as many lines. */
export function withoutOwnHelpers(source: string): string {
  let text = source;
  for (const [helper, name] of Object.entries(names)) {
    const own = helpers[helper as HelperName].text;
    text = text.replace(`${own}\n`, () => `from kindling import ${name}\n${"\n".repeat(own.split("\n").length - 1)}`);
  }
  // It only keeps NumPy's floats from being float64, which nothing is here.
  const { text: floats } = helpers.float_tensor;
  if (!text.includes(`${floats}\n`)) return text;
  return text.replace(`${floats}\n`, () => "\n".repeat(floats.split("\n").length)).replaceAll(/(?<![\w.])float_tensor\(/g, "(");
}
