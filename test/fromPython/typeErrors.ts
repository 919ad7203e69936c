/** What the TypeScript compiler says of programs, set as a strict editor is. */
import { execFile } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../harness/temporary.ts";

const compilerOptions = {
  target: "ES2024",
  lib: ["ES2024", "DOM", "DOM.Iterable", "ESNext.Disposable"],
  module: "ESNext",
  moduleResolution: "Bundler",
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  noImplicitOverride: true,
  skipLibCheck: true,
  types: ["node"],
  paths: { kindling: [join(repository, "dist", "types", "index.d.ts")] },
};

/** @returns the compiler's lines about the folder's files: `net.model.ts(3,7): error TS2322: …` */
export function typeErrors(folder: string): Promise<readonly string[]> {
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  const compiler = join(repository, "node_modules", "typescript", "lib", "tsc.js");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [compiler, "-p", folder, "--pretty", "false"], { cwd: folder, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const errors = stdout.match(/^\S+\(\d+,\d+\): error .*$/gm) ?? [];
      if (error && errors.length === 0) reject(new Error(`the compiler failed: ${stdout}${stderr}`));
      else resolve(errors);
    });
  });
}
