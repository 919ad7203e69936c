/** `data`: datasets, the loader that batches them, and files to fill them from. */
export { defaultCollate, type Collated } from "./collate.ts";
export { CsvTable, parseCsv, readCsv, type ColumnOptions, type CsvOptions } from "./csv.ts";
export { DataLoader, type DataLoaderOptions } from "./dataLoader.ts";
export { ConcatDataset, Dataset, randomSplit, Subset, TensorDataset, type Samples } from "./dataset.ts";
export { BatchSampler, RandomSampler, SequentialSampler, SubsetRandomSampler, type RandomSamplerOptions, type Sampler } from "./sampler.ts";
export { readIdx } from "./idx.ts";
export { readImage, type ImageOptions } from "./image.ts";
export { ImageFolder, type ImageFolderOptions } from "./imageFolder.ts";
export { readNpy, readNpz, writeNpy, writeNpz } from "../io/npy.ts";
