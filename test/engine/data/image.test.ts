import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { data } from "../../../src/engine/index.ts";
import { parseImage } from "../../../src/engine/data/image.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { fixtureBytes, fixtureJson, fixturePath } from "../../fixtures/files/read.ts";

describe("readImage", () => {
  /** What torchvision.io.read_image gave. */
  const shown = fixtureJson<Record<string, number[][][]>>("images.json");

  for (const [name, pixels] of Object.entries(shown)) {
    // A level of rounding in a colour difference is up to 1.8 levels of blue.
    const levels = name.endsWith(".png") ? 0 : name.startsWith("colours") ? 3 : 2;
    it(`reads ${name} as torchvision does${levels === 0 ? "" : `, up to ${levels} levels of rounding`}`, () => {
      const image = data.readImage(fixturePath(name));
      assert.deepEqual([image.dtype, image.shape], ["uint8", [pixels.length, 9, 11]]);
      assertClose(image.tolist(), pixels, { atol: levels, rtol: 0 });
    });
  }

  it("makes three channels of anything on demand", () => {
    const grey = data.readImage(fixturePath("grayalpha.png"), { mode: "RGB" });
    assert.deepEqual(grey.tolist(), [shown["grayalpha.png"]![0], shown["grayalpha.png"]![0], shown["grayalpha.png"]![0]]);
    assert.deepEqual(data.readImage(fixturePath("rgba.png"), { mode: "RGB" }).tolist(), shown["rgba.png"]!.slice(0, 3));
  });

  it("refuses what is damaged, no picture, or too large, and says which file", () => {
    const png = fixtureBytes("rgb.png");
    assert.throws(() => parseImage(png.subarray(0, 60), "a.png"), /^RuntimeError: a\.png, byte 41: 27 bytes are expected here, but 19 are left/);
    assert.throws(() => parseImage(fixtureBytes("rgb.jpg").subarray(0, 300), "a.jpg"), /a\.jpg/);
    assert.throws(() => parseImage(new Uint8Array([1, 2, 3]), "a.gif"), /a\.gif is neither a PNG nor a JPEG picture/);
    const bomb = png.slice();
    new DataView(bomb.buffer).setUint32(16, 20_000_000);
    assert.throws(() => parseImage(bomb, "a.png"), /a\.png: 20000000 × 9 pixels are too many/);
    new DataView(bomb.buffer).setUint32(16, 1_000_000);
    assert.throws(() => parseImage(bomb, "a.png"), /a\.png, byte 12: the checksum of IHDR doesn't fit/);
  });
});

describe("ImageFolder", () => {
  it("gives pictures and the numbers of their classes, sorted by name", () => {
    const root = mkdtempSync(join(tmpdir(), "kindling-images-"));
    for (const [name, place] of [
      ["gray.png", "dog/2.png"],
      ["rgb.png", "dog/1.PNG"],
      ["rgb.jpg", "cat/deep/x.jpeg"],
      ["rgba.png", "cat/y.png"],
    ] as const) {
      mkdirSync(join(root, place, ".."), { recursive: true });
      copyFileSync(fixturePath(name), join(root, place));
    }
    writeFileSync(join(root, "cat/notes.txt"), "");
    const folder = new data.ImageFolder(root);
    assert.deepEqual([folder.classes, folder.classToIdx, folder.targets, folder.length], [["cat", "dog"], { cat: 0, dog: 1 }, [0, 0, 1, 1], 4]);
    assert.deepEqual(
      folder.samples.map(([path]) => path.slice(root.length)),
      ["/cat/y.png", "/cat/deep/x.jpeg", "/dog/1.PNG", "/dog/2.png"],
    );
    const [image, target] = folder.get(3);
    assert.deepEqual([image.shape, target], [[3, 9, 11], 1]);
    const scaled = new data.ImageFolder(root, { transform: (picture) => picture.float().div(255), targetTransform: (number) => number + 10 });
    assert.deepEqual([scaled.get(0)[0].dtype, scaled.get(0)[1]], ["float32", 10]);
    const [images, targets] = [...new data.DataLoader(scaled, { batchSize: 4 })][0]!;
    assert.deepEqual(
      [images.shape, targets.tolist()],
      [
        [4, 3, 9, 11],
        [10, 10, 11, 11],
      ],
    );
    assert.throws(() => folder.get(4), /index 4 is out of range/);
    mkdirSync(join(root, "empty"));
    assert.throws(() => new data.ImageFolder(root), /Found no valid file for the classes empty/);
    assert.throws(() => new data.ImageFolder(join(root, "empty")), /Couldn't find any class folder in/);
    rmSync(root, { recursive: true });
  });
});
