import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { data } from "../../../src/engine/index.ts";

describe("readCsv", () => {
  let folder: string;
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => (folder = mkdtempSync(join(tmpdir(), "kindling-csv-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("reads columns by name, from a path or a file address", () => {
    const path = write("points.csv", "\uFEFFx, y,label\r\n1,2.5,0\r\n-3e1,4,1\r\n\r\n");
    for (const place of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      const table = data.readCsv(place);
      assert.deepEqual(table.columns, ["x", "y", "label"]);
      assert.equal(table.length, 2);
      assert.deepEqual(table.column("y").tolist(), [2.5, 4]);
      assert.deepEqual(table.tensor(["label", "x"]).tolist(), [
        [0, 1],
        [1, -30],
      ]);
      assert.deepEqual(table.tensor().shape, [2, 3]);
    }
    assert.equal(data.readCsv(path).column("label", { dtype: "int32" }).dtype, "int32");
  });

  it("reads other delimiters, quotes, text columns, and files without a header", () => {
    const table = data.readCsv(write("names.csv", 'name;size\n"a;b";1\n"two\nlines";2\n'), { delimiter: ";" });
    assert.deepEqual(table.text("name"), ["a;b", "two\nlines"]);
    assert.deepEqual(table.column("size").tolist(), [1, 2]);
    const bare = data.readCsv(write("bare.csv", "1,2\n3,4\n"), { header: false });
    assert.deepEqual(
      [bare.columns, bare.tensor().tolist()],
      [
        ["0", "1"],
        [
          [1, 2],
          [3, 4],
        ],
      ],
    );
  });

  it("puts a number of one's choice where a value is missing", () => {
    const table = data.readCsv(write("gaps.csv", "a,b\n1,\n,4\n"));
    assert.deepEqual(table.tensor(["a", "b"], { missing: NaN }).tolist(), [
      [1, NaN],
      [NaN, 4],
    ]);
    assert.deepEqual(table.column("b", { dtype: "int32", missing: -1 }).tolist(), [-1, 4]);
  });

  it("says in which file, line and column the damage is", () => {
    const bad = write("bad.csv", 'a,b\n"1\n",2\n3,oops\n');
    assert.throws(() => data.readCsv(bad).column("b"), { message: `${bad}, line 4, column 2 ("b"): "oops" is not a number` });
    assert.throws(() => data.readCsv(write("short.csv", "a,b\n1,2\n3\n")), /short\.csv, line 3: expected 2 values, but found 1/);
    assert.throws(() => data.readCsv(write("gap.csv", "a,b\n1,\n")).tensor(), /gap\.csv, line 2, column 2 \("b"\): the value is missing/);
    assert.throws(() => data.readCsv(write("open.csv", 'a,b\n"1,2\n')), /open\.csv, line 2: /);
    assert.throws(() => data.readCsv(write("half.csv", "a\n1.5\n")).column("a", { dtype: "int32" }), /1\.5 is not a whole number/);
    assert.throws(() => data.readCsv(write("empty.csv", "\n")), /empty\.csv is empty/);
    assert.throws(() => data.readCsv(bad).column("c"), /has no column "c"; it has a, b/);
    assert.throws(() => data.readCsv(join(folder, "none.csv")), /can't read .*none\.csv: there is no such file/);
    assert.throws(() => data.readCsv("https://example.org/x.csv"), /only files can be read directly/);
  });
});

describe("readCsv, as pandas reads", () => {
  let folder: string;
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  before(() => (folder = mkdtempSync(join(tmpdir(), "kindling-csv-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("tells columns of one name apart", () => {
    const table = data.readCsv(write("twins.csv", "a,a,b,a,a.1\n1,2,3,4,5\n"));
    assert.deepEqual(table.columns, ["a", "a.2", "b", "a.3", "a.1"]);
    assert.deepEqual([table.tensor().tolist(), table.column("a.2").tolist()], [[[1, 2, 3, 4, 5]], [2]]);
  });

  it("takes infinities and all ways of writing decimals, and nothing else for numbers", () => {
    const numbers = data.readCsv(write("numbers.csv", "a\ninf\n-Infinity\n+INF\n 1. \n.5\n-1e3\n+2\nNaN\n1e400\n"));
    assert.deepEqual(numbers.column("a").tolist(), [Infinity, -Infinity, Infinity, 1, 0.5, -1000, 2, NaN, Infinity]);
    for (const text of ["0x10", "0b1", "0o7", "1_000", "1e", ".", "--1", "infinit", "1 2", "∞"]) {
      assert.throws(() => data.readCsv(write("odd.csv", `a\n${text}\n`)).tensor(), /odd\.csv, line 2, column 1 \("a"\): ".*" is not a number/, text);
    }
    assert.throws(() => numbers.column("a", { dtype: "int32" }), /line 2, .*inf is not a whole number/);
  });

  it("reads UTF-16 with its mark, and refuses what is no text", () => {
    const text = "größe,b\n1,2\n";
    const little = Buffer.from(`\uFEFF${text}`, "utf16le");
    for (const bytes of [little, Buffer.from(little).swap16(), Buffer.from(`\uFEFF${text}`)]) {
      assert.deepEqual(data.readCsv(write("wide.csv", bytes)).column("größe").tolist(), [1]);
    }
    for (const bytes of [little.subarray(2), Buffer.from(text, "latin1"), Buffer.from([0xff, 0xfe, 0, 0, 49, 0, 0, 0])]) {
      assert.throws(() => data.readCsv(write("odd.csv", bytes)), /odd\.csv is no text in UTF-8, nor in UTF-16 with a byte order mark; save it as UTF-8/);
    }
  });

  it("says what to do where a file is longer than a text can be, or has more values than memory has room for", () => {
    const long = write("long.csv", "a\n1\n");
    truncateSync(long, 600e6);
    assert.throws(() => data.readCsv(long), /long\.csv has 600000000 bytes of text, where 512 MiB are the most that can be read; split it/);
    const row = "1,".repeat(999) + "1\n";
    assert.throws(() => data.readCsv(write("wide.csv", row.repeat(50_000))), /wide\.csv has more values than can be read at once, about 50 million; split it/);
  });

  it("refuses delimiters that can't be", () => {
    for (const delimiter of ["", '"', "\n"]) assert.throws(() => data.readCsv(write("a.csv", "a\n1\n"), { delimiter }), /a\.csv: delimiter is a text such as/);
    assert.throws(() => data.readCsv(write("a.csv", "a\n1\n"), { delimiter: 5 as never }), /argument 'delimiter' must be a string, not 5/);
  });
});
