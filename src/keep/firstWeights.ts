/** The weights from elsewhere that a run began with: what is kept of them, for the run to be run again. */
import { createHash } from "node:crypto";
import { constants, createReadStream, existsSync, linkSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { WeightsRequest } from "../protocol/index.ts";
import { list, optional, record, text } from "../run/codec.ts";
import { names } from "./layout.ts";
import { readWhole, writeWhole } from "./wholeFile.ts";

export interface FirstWeights {
  /** In words for the user. */
  readonly origin: string;
  /** A person's own file, which stays where it is; without, the run has them itself. */
  readonly file?: string;
  /** SHA-256 of all that is read of them. */
  readonly digest: string;
  readonly prefix?: string;
  readonly declined: readonly string[];
}

const codec = record<FirstWeights>({ origin: text, file: optional(text), digest: text, prefix: optional(text), declined: list(text) });

/**
 * Files that were made for the run, or are another kept run's, are the run's own from then on; of others it is kept what they were.
 * @param folder of the run
 */
export async function keepFirstWeights(folder: string, { file, origin, prefix, declined, isMadeForRun = false }: WeightsRequest): Promise<void> {
  const own = join(folder, names.firstWeights);
  const isOwn = isMadeForRun || file.startsWith(join(dirname(folder), "/"));
  if (isOwn) await takeIn(file, own);
  const digest = await digestOfFiles(filesOf(isOwn ? own : file));
  const kept: FirstWeights = { origin, ...(!isOwn && { file }), digest, ...(prefix !== undefined && { prefix }), declined };
  writeWhole(join(folder, names.weights), codec.encode(kept));
}

export function firstWeights(folder: string): FirstWeights | undefined {
  return readWhole(join(folder, names.weights), codec);
}

/** What is asked of a runner for a run to begin with them again. */
export function firstWeightsRequest(folder: string): WeightsRequest | undefined {
  const kept = firstWeights(folder);
  if (!kept) return undefined;
  const { origin, prefix, declined } = kept;
  return { file: placeOf(folder, kept), origin, declined, ...(prefix !== undefined && { prefix }) };
}

/** What can be told at once; `undefined`: nothing is in the way. */
export function whyNoFirstWeights(folder: string): string | undefined {
  const kept = firstWeights(folder);
  if (!kept || existsSync(placeOf(folder, kept))) return undefined;
  return `This run began with the weights in ${placeOf(folder, kept)}, which is gone.`;
}

/** Whether they are still what they were. */
export async function whyOtherFirstWeights(folder: string): Promise<string | undefined> {
  const kept = firstWeights(folder);
  if (!kept) return undefined;
  const place = placeOf(folder, kept);
  try {
    if ((await digestOfFiles(filesOf(place))) === kept.digest) return undefined;
  } catch (error) {
    return `This run began with the weights in ${place}, which can't be read: ${(error as Error).message}.`;
  }
  return `This run began with the weights in ${place}, which has changed since.`;
}

function placeOf(folder: string, { file }: FirstWeights): string {
  return file ?? join(folder, names.firstWeights);
}

/** One that is among the kept runs is never written again: it needs no room a second time. */
async function takeIn(file: string, own: string): Promise<void> {
  try {
    linkSync(file, own);
  } catch {
    // It lies on another disk, or this one has no links.
    await copyFile(file, own, constants.COPYFILE_FICLONE);
  }
}

/** An index of several names those beside it. */
function filesOf(file: string): readonly string[] {
  if (!/\.index\.json$/i.test(file)) return [file];
  const { weight_map: places = {} } = JSON.parse(readFileSync(file, "utf8")) as { readonly weight_map?: Readonly<Record<string, string>> };
  return [file, ...[...new Set(Object.values(places))].sort().map((name) => join(dirname(file), basename(name)))];
}

async function digestOfFiles(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
