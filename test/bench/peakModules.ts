/** WebAssembly that does nothing but what bounds every kernel: arithmetic in registers, and copying. AssemblyScript, compiled here. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { temporaryFolder } from "../harness/temporary.ts";

/** Chains of dependent operations side by side: 14 fit into the registers, 24 do where two become one of 256 bits. */
const chainCounts = [14, 24] as const;

const [plain, fused] = ["f32x4.add(f32x4.mul(s, a), a)", "f32x4.relaxed_madd(s, a, a)"];

/** One function for each number of chains; each round is a multiplication and an addition of four floats in each chain. */
function arithmetic(operation: string): string {
  const functions = chainCounts.map((count) => {
    const each = (make: (chain: string, i: number) => string): string => Array.from({ length: count }, (_, i) => make(`s${i}`, i)).join("\n");
    return `export function chains${count}(rounds: i32, x: f32, out: usize): void {
      const a = f32x4.splat(x);
      ${each((s) => `let ${s} = f32x4.splat(0);`)}
      for (let i = 0; i < rounds; i++) {
        ${each((s) => `${s} = ${operation.replaceAll("s,", `${s},`)};`)}
      }
      ${each((s, i) => `v128.store(out, ${s}, ${16 * i});`)}
    }`;
  });
  return functions.join("\n");
}

const copying = `
export function copyVectors(to: usize, from: usize, bytes: usize): void {
  for (const end = from + bytes; from < end; from += 64, to += 64) {
    const a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
    v128.store(to, a); v128.store(to, b, 16); v128.store(to, c, 32); v128.store(to, d, 48);
  }
}
export function copyBlock(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}`;

async function compile(source: string): Promise<Uint8Array> {
  const { error, stderr, binary } = await asc.compileString(source, {
    optimizeLevel: 3,
    runtime: "stub",
    importMemory: true,
    sharedMemory: true,
    initialMemory: 2,
    maximumMemory: 65_536,
    noAssert: true,
    enable: ["simd", "threads", "relaxed-simd"],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary!;
}

/** A folder with `plain.wasm`, which every engine runs, and `fused.wasm` with relaxed multiply-add. */
export async function compilePeakModules(): Promise<string> {
  const folder = temporaryFolder("peaks");
  writeFileSync(join(folder, "plain.wasm"), await compile(arithmetic(plain) + copying));
  writeFileSync(join(folder, "fused.wasm"), await compile(arithmetic(fused)));
  return folder;
}
