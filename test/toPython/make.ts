/**
 * Writes the Python of the programs and what real PyTorch prints when it runs it:
 *   node --import tsx test/toPython/make.ts [PART-OF-A-NAME]
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { python } from "../python/python.ts";
import { expected, published, translated, written, type Program } from "./programs.ts";

function make(program: Program): void {
  const files = translated(program);
  mkdirSync(dirname(expected(program, "py")), { recursive: true });
  writeFileSync(expected(program, "py"), files[0]!.program.code);
  if (!written.includes(program)) return;
  const folder = mkdtempSync(join(tmpdir(), "kindling-python-"));
  try {
    for (const file of files) writeFileSync(join(folder, file.name), file.program.code);
    for (const name of readdirSync(dirname(program.file)))
      if (/\.(csv|safetensors)$/.test(name)) copyFileSync(join(dirname(program.file), name), join(folder, name));
    const { status, stdout, stderr } = spawnSync(python, [files[0]!.name], { cwd: folder, encoding: "utf8", env: { ...process.env, OMP_NUM_THREADS: "1" } });
    if (status !== 0) throw new Error(`${program.name}: ${stderr}`);
    writeFileSync(expected(program, "txt"), stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv[2] ?? "";
for (const program of [...written, ...published]) {
  if (!program.name.includes(wanted)) continue;
  make(program);
  console.log(program.name);
}
