import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { data, KindlingError, load, loadMetadata, save, zeros } from "../../../src/engine/index.ts";

type AnyPath = (path: never) => unknown;

const readers: Readonly<Record<string, AnyPath>> = {
  load,
  loadMetadata,
  readNpy: data.readNpy,
  readNpz: data.readNpz,
  readIdx: data.readIdx,
  readImage: data.readImage,
  readCsv: data.readCsv,
  ImageFolder: (path) => new data.ImageFolder(path),
};
const writers: Readonly<Record<string, AnyPath>> = {
  save: (path) => save({}, path),
  "save as safetensors": (path: string) => save({}, typeof path === "string" ? `${path}.safetensors` : path),
  writeNpy: (path) => data.writeNpy(path, zeros(2)),
  writeNpz: (path) => data.writeNpz(path, { x: zeros(2) }),
};

describe("what names a file", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "kindling-paths-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("is a path or a file: URL; anything else is refused at once, an open file's number above all", () => {
    const open = openSync(join(folder, "open.bin"), "w+");
    for (const [name, use] of Object.entries({ ...readers, ...writers })) {
      for (const given of [open, 5, 0, null, undefined, {}, ["a.pt"], new Uint8Array([97]), "", "a\0b", zeros(2), true]) {
        if (name === "save as safetensors" && typeof given === "string") continue;
        const isRefused = (error: Error): boolean =>
          error instanceof KindlingError &&
          /a file is named by its path, a text such as "model\.pt", or by a file: URL, but got|argument '\w+' must be a string( or a URL)?, not|missing 1 required argument: '\w+'/.test(
            error.message,
          );
        assert.throws(() => use(given as never), isRefused, `${name}(${String(given)})`);
      }
      assert.throws(() => use("https://example.org/x.bin" as never), /only files can be read directly|can't read https/, name);
    }
    closeSync(open);
  });

  it("is named by every reader's errors", () => {
    const missing = join(folder, "missing.bin");
    const junk = join(folder, "junk.bin");
    writeFileSync(junk, "a,b\n1\n");
    for (const [name, read] of Object.entries(readers)) {
      assert.throws(() => read(missing as never), /^\w+: can't read (folder )?\S+missing\.bin: there is no such (file|folder)$/, name);
      assert.throws(
        () => read(junk as never),
        (error: Error) => error instanceof KindlingError && error.message.includes("junk.bin"),
        name,
      );
      if (name === "ImageFolder") assert.throws(() => read(junk as never), /junk\.bin: it is a file, not a folder/);
      else assert.throws(() => read(folder as never), /can't read \S+: it is a folder, not a file/, name);
      assert.throws(() => read(join(junk, "x.bin") as never), /x\.bin: /, name);
    }
    assert.throws(() => load("nowhere.pt"), { message: `can't read nowhere.pt: there is no such file (looked for from ${process.cwd()})` });
  });

  it("is named by every writer's errors", () => {
    for (const [name, write] of Object.entries(writers)) {
      assert.throws(() => write(join(folder, "none", "x.bin") as never), /can't write \S+x\.bin\S*: there is no such folder/, name);
      if (name !== "save as safetensors") assert.throws(() => write(folder as never), /can't write \S+: it is a folder, not a file/, name);
    }
    const path = join(folder, "x.bin");
    for (const write of [
      () => save({ f: () => 1 }, path),
      () => save([zeros(1)], `${path}.safetensors`),
      () => data.writeNpy(path, [1] as never),
      () => data.writeNpz(path, { x: 5 as never }),
      () => data.writeNpz(path, undefined as never),
      () => save({}, path, { metadata: {} }),
    ]) {
      assert.throws(
        write,
        (error: Error) =>
          error instanceof KindlingError && (error.message.startsWith(path) || /argument '\w+' must be|missing 1 required argument/.test(error.message)),
      );
    }
  });

  it("keeps every name that JavaScript uses itself", () => {
    const named = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}') as object;
    const tensors = Object.fromEntries(Object.keys(named).map((name, i) => [name, zeros(1).add(i)]));
    const path = join(folder, "names");
    save(tensors, `${path}.safetensors`);
    assert.deepEqual([...load<Map<string, unknown>>(`${path}.safetensors`).keys()], Object.keys(named));
    save(new Map(Object.entries(tensors)), `${path}.safetensors`);
    assert.equal(load(`${path}.safetensors`).size, 3);
    assert.throws(
      () =>
        save(
          new Map<unknown, unknown>([
            ["1", zeros(1)],
            [1, zeros(1)],
          ]),
          `${path}.safetensors`,
        ),
      /names\.safetensors: two tensors are named 1/,
    );
    save(named, `${path}.pt`);
    assert.deepEqual(load(`${path}.pt`), named);
    data.writeNpz(`${path}.npz`, tensors);
    assert.deepEqual(Object.keys(data.readNpz(`${path}.npz`)), Object.keys(named));
  });
});

describe("a file of another kind", () => {
  it("is told by what it looks like", () => {
    const folder = mkdtempSync(join(tmpdir(), "kindling-kinds-"));
    const write = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content, "latin1");
      return join(folder, name);
    };
    const npy = join(folder, "x.npy");
    const npz = join(folder, "x.npz");
    const tensors = join(folder, "x.safetensors");
    data.writeNpy(npy, zeros(2));
    data.writeNpz(npz, { x: zeros(2) });
    save({ x: zeros(2) }, tensors);
    renameSync(tensors, `${tensors}.bin`);
    assert.throws(() => load(npy), /x\.npy is no PyTorch file: .*; it looks like an \.npy file: use data\.readNpy$/);
    assert.throws(() => load(npz), /x\.npz is no PyTorch file: .*; it looks like an \.npz file: use data\.readNpz$/);
    assert.throws(() => load(`${tensors}.bin`), /it looks like a \.safetensors file: give it that ending and use load$/);
    assert.throws(() => load(write("empty.pt", "")), /empty\.pt is no PyTorch file: .*; it is empty$/);
    assert.throws(() => load(write("page.pt", "<!DOCTYPE html><html>")), /it looks like a web page: the download went wrong$/);
    assert.throws(
      () => load(write("pointer.safetensors", "version https://git-lfs.github.com/spec/v1\n")),
      /pointer\.safetensors, .*; it is a pointer of Git LFS, not the file itself/,
    );
    assert.throws(() => load(write("plain.pt", "\x80\x04K\x01.")), /it looks like a pickle that torch\.save hasn't written/);
    assert.throws(() => data.readNpz(npy), /x\.npy is no \.npz file: .*; it looks like an \.npy file/);
    assert.throws(() => data.readNpy(write("a.png", "\x89PNG\r\n")), /it looks like a picture: use data\.readImage$/);
    assert.throws(() => data.readImage(npy), /x\.npy is neither a PNG nor a JPEG picture; it looks like an \.npy file/);
    assert.throws(() => data.readIdx(write("a.zip", "PK\x03\x04")), /an IDX file begins with two zeros; it looks like a zip archive/);
    rmSync(folder, { recursive: true });
  });
});
