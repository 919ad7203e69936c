/** Programs with a mistake: `// read: <lint>` at a line's end where the text shows it, `// run: <lint>` where only a run does. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Wording {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

const folder = new URL("wordings/", import.meta.url);

/** The files that they import among them. */
export const wordings: readonly Wording[] = readdirSync(folder).map((name) => {
  const file = fileURLToPath(new URL(name, folder));
  return { name, file, text: readFileSync(file, "utf8") };
});

/** In the order of the text: `<lint> in line <n>`. */
export function marks(text: string, seenIn: "read" | "run"): readonly string[] {
  const mark = new RegExp(`// ${seenIn}: (\\S+)`);
  return text.split("\n").flatMap((line, i) => {
    const [, id] = mark.exec(line) ?? [];
    return id === undefined ? [] : [`${id} in line ${i + 1}`];
  });
}
