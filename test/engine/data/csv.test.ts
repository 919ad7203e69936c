import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
      assert.deepEqual(table.tensor(["label", "x"]).tolist(), [[0, 1], [1, -30]]);
      assert.deepEqual(table.tensor().shape, [2, 3]);
    }
    assert.equal(data.readCsv(path).column("label", { dtype: "int32" }).dtype, "int32");
  });

  it("reads other delimiters, quotes, text columns, and files without a header", () => {
    const table = data.readCsv(write("names.csv", 'name;size\n"a;b";1\n"two\nlines";2\n'), { delimiter: ";" });
    assert.deepEqual(table.text("name"), ["a;b", "two\nlines"]);
    assert.deepEqual(table.column("size").tolist(), [1, 2]);
    const bare = data.readCsv(write("bare.csv", "1,2\n3,4\n"), { header: false });
    assert.deepEqual([bare.columns, bare.tensor().tolist()], [["0", "1"], [[1, 2], [3, 4]]]);
  });

  it("puts a number of one's choice where a value is missing", () => {
    const table = data.readCsv(write("gaps.csv", "a,b\n1,\n,4\n"));
    assert.deepEqual(table.tensor(["a", "b"], { missing: NaN }).tolist(), [[1, NaN], [NaN, 4]]);
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
