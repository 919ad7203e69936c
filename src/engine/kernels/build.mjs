/**
 * Compiles the kernels: `node src/engine/kernels/build.mjs` writes `generated.ts` with both builds of the module.
 *
 * The register tile of the matrix product is spelled out here, because AssemblyScript can't keep an array of vectors in
 * registers. Tile sizes were measured: 4×8 is best with separate multiply and add, 6×8 with relaxed multiply-add.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = dirname(fileURLToPath(import.meta.url));
const builds = [
  { name: "plain", rows: 4, relaxed: false },
  { name: "relaxed", rows: 6, relaxed: true },
];
const VECTORS = 2;

const result = [];
for (const build of builds) result.push([build.name, await compile(build)]);
const lines = result.map(([name, bytes]) => `export const ${name} =\n  "${bytes.toString("base64")}";`);
writeFileSync(join(here, "generated.ts"), `/** Made by build.mjs. */\n${lines.join("\n")}\n`);
console.log(result.map(([name, bytes]) => `${name} kernels: ${(bytes.length / 1024).toFixed(1)} kB`).join(", "));

async function compile({ name, rows, relaxed }) {
  const folder = join(here, "assembly", "generated");
  mkdirSync(folder, { recursive: true });
  const tile = join(folder, "tile.ts");
  writeFileSync(tile, tileSource(rows, relaxed));
  const output = join(folder, `${name}.wasm`);
  const { error, stderr } = await asc.main([
    join(here, "assembly", "index.ts"), "-o", output, "-O3", "--runtime", "stub", "--importMemory", "--initialMemory", "2",
    "--maximumMemory", "65536", "--enable", relaxed ? "simd,relaxed-simd" : "simd", "--use", "abort=",
  ]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const bytes = readFileSync(output);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** The micro-kernel: `rows` × 8 results stay in registers over the whole depth of the packed panels. */
function tileSource(rows, relaxed) {
  const R = [...Array(rows).keys()];
  const V = [...Array(VECTORS).keys()];
  const madd = (a, b, c) => (relaxed ? `f32x4.relaxed_madd(${a}, ${b}, ${c})` : `f32x4.add(f32x4.mul(${a}, ${b}), ${c})`);
  const each = (make, glue = "\n") => R.flatMap((r) => V.map((v) => make(r, v))).join(glue);
  return `// Written by build.mjs.
export const MR: i32 = ${rows};
export const NR: i32 = ${4 * VECTORS};

// c[MR, NR] (rows ldc bytes apart) = panel a · panel b, plus c if accumulate
export function tile(depth: i32, a: usize, b: usize, c: usize, ldc: usize, accumulate: bool): void {
${each((r, v) => `  let s${r}_${v} = f32x4.splat(0);`)}
  const end = a + (<usize>depth * ${rows} << 2);
  while (a < end) {
${V.map((v) => `    const b${v} = v128.load(b, ${16 * v});`).join("\n")}
${R.map((r) => `    const a${r} = v128.load_splat<f32>(a, ${4 * r});\n${V.map((v) => `    s${r}_${v} = ${madd(`a${r}`, `b${v}`, `s${r}_${v}`)};`).join("\n")}`).join("\n")}
    a += ${4 * rows}; b += ${16 * VECTORS};
  }
${R.map((r) => `  const c${r} = c + ${r} * ldc;`).join("\n")}
  if (accumulate) {
${each((r, v) => `    s${r}_${v} = f32x4.add(s${r}_${v}, v128.load(c${r}, ${16 * v}));`)}
  }
${each((r, v) => `  v128.store(c${r}, s${r}_${v}, ${16 * v});`)}
}

export function packRows(a: usize, rs: usize, cs: usize, depth: i32, out: usize): void {
  for (let k = 0; k < depth; k++) {
${R.map((r) => `    store<f32>(out, load<f32>(a + ${r} * rs), ${4 * r});`).join("\n")}
    a += cs; out += ${4 * rows};
  }
}

export function madd(a: v128, b: v128, c: v128): v128 { return ${madd("a", "b", "c")}; }
`;
}
