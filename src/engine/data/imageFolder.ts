/** Folders of pictures, one folder for each class. */
import { KindlingError } from "../errors.ts";
import { listFolder } from "../io/files.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { Dataset } from "./dataset.ts";
import { readImage } from "./image.ts";

/**
 * Pictures in folders named after their classes: `root/cat/1.png`, `root/dog/a/2.jpg`. A sample is `[image, class]`;
 * pictures have three channels whatever their file has, and are read when they are asked for.
 * @param transform applied to each picture, a uint8 tensor `[3, height, width]`
 * @param targetTransform applied to each class's number
 * @throws KindlingError where there is no class, or a class has no picture
 * @see https://pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html
 * @api data.ImageFolder
 */
export class ImageFolder<Image = Tensor> extends Dataset<[image: Image, target: number]> {
  readonly root: string;
  /** Names of the classes, sorted. */
  readonly classes: readonly string[];
  /** Each class's number. */
  readonly classToIdx: Readonly<Record<string, number>>;
  /** Files and the numbers of their classes. */
  readonly samples: readonly (readonly [path: string, target: number])[];
  transform: ((image: Tensor) => Image) | null;
  targetTransform: ((target: number) => number) | null;

  constructor(root: string, transform: ((image: Tensor) => Image) | null = null, targetTransform: ((target: number) => number) | null = null) {
    super();
    this.root = root;
    this.transform = transform;
    this.targetTransform = targetTransform;
    this.classes = listFolder(root)
      .filter(({ isFolder }) => isFolder)
      .map(({ name }) => name);
    if (this.classes.length === 0) throw new KindlingError(`Couldn't find any class folder in ${root}.`);
    this.classToIdx = Object.fromEntries(this.classes.map((name, i) => [name, i]));
    const found = this.classes.map((name) => pictures(`${root}/${name}`));
    const empty = this.classes.filter((_, i) => found[i]!.length === 0);
    if (empty.length > 0) {
      throw new KindlingError(`Found no valid file for the classes ${empty.join(", ")}. Supported extensions are: .jpg, .jpeg, .png`);
    }
    this.samples = found.flatMap((paths, target) => paths.map((path) => [path, target] as const));
  }

  /** Each sample's class. */
  get targets(): number[] {
    return this.samples.map(([, target]) => target);
  }

  override get length(): number {
    return this.samples.length;
  }

  override get(index: Int): [image: Image, target: number] {
    const sample = this.samples.at(index);
    if (sample === undefined) throw new KindlingError(`index ${index} is out of range for a dataset of length ${this.length}`);
    const [path, target] = sample;
    const image = readImage(path, "RGB");
    return [this.transform ? this.transform(image) : (image as Image), this.targetTransform ? this.targetTransform(target) : target];
  }
}

/** Pictures in a folder and in those below: a folder's own files first, as torchvision walks. */
function pictures(folder: string): string[] {
  const entries = listFolder(folder);
  const own = entries.filter(({ name, isFolder }) => !isFolder && /\.(jpe?g|png)$/i.test(name)).map(({ name }) => `${folder}/${name}`);
  return [...own, ...entries.filter(({ isFolder }) => isFolder).flatMap(({ name }) => pictures(`${folder}/${name}`))];
}
