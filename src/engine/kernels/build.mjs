/**
 * Compiles the kernels: `node src/engine/kernels/build.mjs` writes `generated.ts` with four modules: `elements`, and the
 * matrix products three times, for what the JavaScript engine can do (load.ts picks one). They share one memory. Beside
 * them stands the program of the threads that help computing (thread.ts).
 *
 * The register tile of the matrix product is spelled out here, because AssemblyScript can't keep an array of vectors in
 * registers. Tile sizes were measured: 4×8 is best with separate multiply and add, 6×8 with relaxed multiply-add, and
 * 4×16 where V8 joins pairs of 128-bit operations to 256-bit ones.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const generated = join(here, "assembly", "generated");
/** Where the static data of the products begins; that of the elements lies before it. */
const PRODUCTS_BASE = 65_536;

mkdirSync(generated, { recursive: true });
const modules = {
  elements: await compile("elements", { base: 0, relaxed: false }),
  productsPlain: await compileProducts({ rows: 4, vectors: 2, relaxed: false }),
  productsRelaxed: await compileProducts({ rows: 6, vectors: 2, relaxed: true }),
  productsRevectorized: await compileProducts({ rows: 4, vectors: 4, relaxed: true }),
};
rmSync(generated, { recursive: true });
checkPlaces(modules.elements);
const lines = Object.entries(modules).map(([name, bytes]) => `export const ${name}: string =\n  "${bytes.toString("base64")}";`);
lines.push(`export const threadSource: string =\n  ${JSON.stringify(await threadSource())};`);
writeFileSync(join(here, "generated.ts"), `/** Made by build.mjs. */\n${lines.join("\n")}\n`);
console.log(
  Object.entries(modules)
    .map(([name, bytes]) => `${name}: ${(bytes.length / 1024).toFixed(1)} kB`)
    .join(", "),
);

/** The program of a helper thread as one piece of text. */
async function threadSource() {
  const { outputFiles } = await build({ entryPoints: [join(here, "thread.ts")], bundle: true, write: false, minify: true, format: "iife", target: "es2022" });
  return outputFiles[0].text.trim();
}

function checkPlaces(bytes) {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65_536, shared: true });
  const end = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports.elementsEnd.value;
  if (end > PRODUCTS_BASE) throw new Error(`the elements' static data ends at ${end}, beyond ${PRODUCTS_BASE}`);
}

async function compileProducts(tile) {
  writeFileSync(join(generated, "tile.ts"), tileSource(tile));
  return compile("products", { base: PRODUCTS_BASE, relaxed: tile.relaxed });
}

async function compile(entry, { base, relaxed }) {
  const output = join(generated, `${entry}.wasm`);
  const { error, stderr } = await asc.main([
    join(here, "assembly", `${entry}.ts`),
    "-o",
    output,
    "-O3",
    "--runtime",
    "stub",
    "--importMemory",
    "--initialMemory",
    "2",
    "--maximumMemory",
    "65536",
    "--sharedMemory",
    "--zeroFilledMemory",
    "--memoryBase",
    String(base),
    "--use",
    "abort=",
    "--enable",
    relaxed ? "simd,threads,relaxed-simd" : "simd,threads",
  ]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return readFileSync(output);
}

/** The micro-kernel: `rows` × 4·`vectors` results stay in registers over the whole depth of the panels. */
function tileSource({ rows, vectors, relaxed }) {
  const R = [...Array(rows).keys()];
  const V = [...Array(vectors).keys()];
  const madd = (a, b, c) => (relaxed ? `f32x4.relaxed_madd(${a}, ${b}, ${c})` : `f32x4.add(f32x4.mul(${a}, ${b}), ${c})`);
  const lines = (items, make) => items.map(make).join("\n");
  const each = (make) => lines(R, (r) => lines(V, (v) => make(r, v)));
  return `// Written by build.mjs.
export const MR: i32 = ${rows};
export const NR: i32 = ${4 * vectors};

// c[MR, NR] (rows ldc bytes apart) = packed panel a · panel b (rows stepB bytes apart), plus c if adds
export function tile(depth: i32, a: usize, b: usize, stepB: usize, c: usize, ldc: usize, adds: bool): void {
${each((r, v) => `  let s${r}_${v} = f32x4.splat(0);`)}
  const end = a + (<usize>depth * ${rows} << 2);
  while (a < end) {
${lines(V, (v) => `    const b${v} = v128.load(b, ${16 * v});`)}
${lines(R, (r) => `    const a${r} = v128.load32_splat(a, ${4 * r});\n${lines(V, (v) => `    s${r}_${v} = ${madd(`a${r}`, `b${v}`, `s${r}_${v}`)};`)}`)}
    a += ${4 * rows}; b += stepB;
  }
${lines(R, (r) => `  const c${r} = c + ${r} * ldc;`)}
  if (adds) {
${each((r, v) => `    s${r}_${v} = f32x4.add(s${r}_${v}, v128.load(c${r}, ${16 * v}));`)}
  }
${each((r, v) => `  v128.store(c${r}, s${r}_${v}, ${16 * v});`)}
}

// One panel of MR rows of A, any strides.
export function packRows(a: usize, rs: usize, cs: usize, depth: i32, out: usize): void {
  for (let k = 0; k < depth; k++) {
${lines(R, (r) => `    store<f32>(out, load<f32>(a + ${r} * rs), ${4 * r});`)}
    a += cs; out += ${4 * rows};
  }
}

// The same where rows are dense: four depths at a time, as a transposed 4×4 block and the rest.
export function packDenseRows(a: usize, rs: usize, depth: i32, out: usize): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
${lines(R, (r) => `    const r${r} = v128.load(a + ${r} * rs);`)}
${packedBlock(rows)}
${rows > 4 ? packedRest(rows) : ""}
    a += 16; out += ${16 * rows};
  }
  packRows(a, rs, 4, depth - k, out);
}

// The same where columns are dense.
export function packDenseColumns(a: usize, cs: usize, depth: i32, out: usize): void {
  for (let k = 0; k < depth; k++) {
    v128.store(out, v128.load(a));
${lines(R.slice(4), (r) => `    store<u32>(out, load<u32>(a, ${4 * r}), ${4 * r});`)}
    a += cs; out += ${4 * rows};
  }
}

// One panel of NR columns of B whose rows are dense.
export function packWide(p: usize, rs: usize, depth: i32, out: usize): void {
  for (let k = 0; k < depth; k++) {
${lines(V, (v) => `    v128.store(out, v128.load(p, ${16 * v}), ${16 * v});`)}
    p += rs; out += ${16 * vectors};
  }
}

// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 { return ${madd("a", "b", "c")}; }
`;
}

/** Four depths of the first four rows, transposed into their places in the panel. */
function packedBlock(rows) {
  const at = (k) => 4 * k * rows;
  return `    const p = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), q = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
    const s = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), t = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<u64>(p, s, 0, 2), ${at(0)});
    v128.store(out, v128.shuffle<u64>(p, s, 1, 3), ${at(1)});
    v128.store(out, v128.shuffle<u64>(q, t, 0, 2), ${at(2)});
    v128.store(out, v128.shuffle<u64>(q, t, 1, 3), ${at(3)});`;
}

/** The fifth and sixth row. */
function packedRest(rows) {
  const at = (k) => 4 * (k * rows + 4);
  return `    const u = v128.shuffle<u32>(r4, r5, 0, 4, 1, 5), v = v128.shuffle<u32>(r4, r5, 2, 6, 3, 7);
${[0, 1, 2, 3].map((k) => `    v128.store64_lane(out, ${k < 2 ? "u" : "v"}, ${k & 1}, ${at(k)});`).join("\n")}`;
}
