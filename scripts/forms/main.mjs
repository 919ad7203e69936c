/** Writes `src/engine/api/`: every public function, method and class in all the forms in which it may be called. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, runScript } from "../system.mjs";

/** A file is only touched where its text changes, so that nothing is built anew without need. */
export async function writeApi() {
  const { declarationsIn } = await import("./declarations.mjs");
  const { apiFiles } = await import("./write.mjs");
  const engine = join(root, "src/engine");
  const folder = join(engine, "api");
  const files = apiFiles(declarationsIn(engine), folder);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!(name in files)) rmSync(join(folder, name));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
}

/** Lets the declarations that the compiler wrote show every form. */
export async function writeTypes() {
  const { declarationsIn } = await import("./declarations.mjs");
  const { apiFiles } = await import("./write.mjs");
  const { showForms } = await import("./types.mjs");
  const engine = join(root, "src/engine");
  const declarations = declarationsIn(engine);
  apiFiles(declarations, join(engine, "api"));
  showForms(declarations, engine, join(root, "dist/types"));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await runScript(writeApi);
