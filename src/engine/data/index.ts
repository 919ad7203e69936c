/** `data`: datasets, the loader that batches them, and files to fill them from. */
export { defaultCollate, defaultConvert, type Collated } from "./collate.ts";
export { CsvTable, parseCsv, readCsv, type ColumnOptions, type CsvOptions } from "./csv.ts";
export { DataLoader, getWorkerInfo, type DataLoaderOptions } from "./dataLoader.ts";
export { ChainDataset, ConcatDataset, Dataset, IterableDataset, randomSplit, StackDataset, Subset, TensorDataset, type Samples, type SampleSource } from "./dataset.ts";
export {
  BatchSampler, DistributedSampler, RandomSampler, Sampler, SequentialSampler, SubsetRandomSampler, WeightedRandomSampler,
  type DistributedOptions, type RandomSamplerOptions, type WeightedOptions,
} from "./sampler.ts";
export { readIdx } from "./idx.ts";
export { readImage, type ImageOptions } from "./image.ts";
export { ImageFolder, type ImageFolderOptions } from "./imageFolder.ts";
export { readNpy, readNpz, writeNpy, writeNpz } from "../io/npy.ts";
