/**
 * Compiles the kernels: `node src/engine/kernels/build.mjs` writes `generated.ts` with three modules: `elements`, and the
 * matrix products twice, `productsPlain` and `productsRelaxed`. They share one memory.
 *
 * The register tile of the matrix product is spelled out here, because AssemblyScript can't keep an array of vectors in
 * registers. Tile sizes were measured: 4×8 is best with separate multiply and add, 6×8 with relaxed multiply-add.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = dirname(fileURLToPath(import.meta.url));
const generated = join(here, "assembly", "generated");
const VECTORS = 2;
/** Where the static data of the products begins; that of the elements lies before it. */
const PRODUCTS_BASE = 65_536;

mkdirSync(generated, { recursive: true });
// Rows are 4 or 6: the packing below knows these.
const modules = {
  elements: await compile("elements", { base: 0, relaxed: false }),
  productsPlain: await compileProducts(4, false),
  productsRelaxed: await compileProducts(6, true),
};
rmSync(generated, { recursive: true });
checkPlaces(modules.elements);
const lines = Object.entries(modules).map(([name, bytes]) => `export const ${name}: string =\n  "${bytes.toString("base64")}";`);
writeFileSync(join(here, "generated.ts"), `/** Made by build.mjs. */\n${lines.join("\n")}\n`);
console.log(Object.entries(modules).map(([name, bytes]) => `${name}: ${(bytes.length / 1024).toFixed(1)} kB`).join(", "));

function checkPlaces(bytes) {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65_536 });
  const end = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports.elementsEnd.value;
  if (end > PRODUCTS_BASE) throw new Error(`the elements' static data ends at ${end}, beyond ${PRODUCTS_BASE}`);
}

async function compileProducts(rows, relaxed) {
  writeFileSync(join(generated, "tile.ts"), tileSource(rows, relaxed));
  return compile("products", { base: PRODUCTS_BASE, relaxed });
}

async function compile(entry, { base, relaxed }) {
  const output = join(generated, `${entry}.wasm`);
  const { error, stderr } = await asc.main([
    join(here, "assembly", `${entry}.ts`), "-o", output, "-O3", "--runtime", "stub", "--importMemory", "--initialMemory", "2",
    "--maximumMemory", "65536", "--zeroFilledMemory", "--memoryBase", String(base), "--use", "abort=",
    "--enable", relaxed ? "simd,relaxed-simd" : "simd",
  ]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return readFileSync(output);
}

/** The micro-kernel: `rows` × 8 results stay in registers over the whole depth of the panels. */
function tileSource(rows, relaxed) {
  const R = [...Array(rows).keys()];
  const V = [...Array(VECTORS).keys()];
  const madd = (a, b, c) => (relaxed ? `f32x4.relaxed_madd(${a}, ${b}, ${c})` : `f32x4.add(f32x4.mul(${a}, ${b}), ${c})`);
  const each = (make) => R.flatMap((r) => V.map((v) => make(r, v))).join("\n");
  return `// Written by build.mjs.
export const MR: i32 = ${rows};
export const NR: i32 = ${4 * VECTORS};

// c[MR, NR] (rows ldc bytes apart) = packed panel a · panel b (rows stepB bytes apart), plus c if adds
export function tile(depth: i32, a: usize, b: usize, stepB: usize, c: usize, ldc: usize, adds: bool): void {
${each((r, v) => `  let s${r}_${v} = f32x4.splat(0);`)}
  const end = a + (<usize>depth * ${rows} << 2);
  while (a < end) {
${V.map((v) => `    const b${v} = v128.load(b, ${16 * v});`).join("\n")}
${R.map((r) => `    const a${r} = v128.load32_splat(a, ${4 * r});\n${V.map((v) => `    s${r}_${v} = ${madd(`a${r}`, `b${v}`, `s${r}_${v}`)};`).join("\n")}`).join("\n")}
    a += ${4 * rows}; b += stepB;
  }
${R.map((r) => `  const c${r} = c + ${r} * ldc;`).join("\n")}
  if (adds) {
${each((r, v) => `    s${r}_${v} = f32x4.add(s${r}_${v}, v128.load(c${r}, ${16 * v}));`)}
  }
${each((r, v) => `  v128.store(c${r}, s${r}_${v}, ${16 * v});`)}
}

// One panel of MR rows of A, any strides.
export function packRows(a: usize, rs: usize, cs: usize, depth: i32, out: usize): void {
  for (let k = 0; k < depth; k++) {
${R.map((r) => `    store<f32>(out, load<f32>(a + ${r} * rs), ${4 * r});`).join("\n")}
    a += cs; out += ${4 * rows};
  }
}

// The same where rows are dense: four depths at a time.
export function packDenseRows(a: usize, rs: usize, depth: i32, out: usize): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
${R.map((r) => `    const r${r} = v128.load(a + ${r} * rs);`).join("\n")}
    const p = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), q = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
    const s = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), t = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<u64>(p, s, 0, 2));
    v128.store(out, v128.shuffle<u64>(p, s, 1, 3), ${4 * rows});
    v128.store(out, v128.shuffle<u64>(q, t, 0, 2), ${8 * rows});
    v128.store(out, v128.shuffle<u64>(q, t, 1, 3), ${12 * rows});
${rows === 6 ? `    const u = v128.shuffle<u32>(r4, r5, 0, 4, 1, 5), v = v128.shuffle<u32>(r4, r5, 2, 6, 3, 7);
    v128.store64_lane(out, u, 0, 16);
    v128.store64_lane(out, u, 1, 40);
    v128.store64_lane(out, v, 0, 64);
    v128.store64_lane(out, v, 1, 88);` : ""}
    a += 16; out += ${16 * rows};
  }
  packRows(a, rs, 4, depth - k, out);
}

// The same where columns are dense.
export function packDenseColumns(a: usize, cs: usize, depth: i32, out: usize): void {
  for (let k = 0; k < depth; k++) {
    v128.store(out, v128.load(a));
${rows === 6 ? "    store<u64>(out, load<u64>(a, 16), 16);" : ""}
    a += cs; out += ${4 * rows};
  }
}

// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 { return ${madd("a", "b", "c")}; }
`;
}
