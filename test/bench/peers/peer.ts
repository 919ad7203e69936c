/**
 * Libraries side by side. A peer is a program of its own that does what its arguments say and prints one line of JSON:
 *   … train PROGRAM OPTIMIZER MILLISECONDS    a `Trained`; PROGRAM is one of programs.json, written out as JSON
 *   … multiply SIZE LAYOUT MILLISECONDS       a `Multiplied`; LAYOUT says which operands are transposed: NN, NT or TN
 *   … --version                               its name and version, as plain text
 * Where it can't, it prints `{ "cannot": reason }`. To add one, write such a program and name it in libraries.ts.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Layout } from "../layouts.ts";

/** Seed, number of values and fan-in of one parameter in the order of PyTorch's `parameters()`; `null` keeps the layer's own values. */
export type ParameterFill = readonly [seed: number, size: number, fanIn: number] | null;

export interface Program {
  readonly title: string;
  readonly network: "perceptron" | "cnn" | "resnet" | "lstm" | "transformer";
  /** Batch first. */
  readonly input: readonly number[];
  readonly classes: number;
  /** Widths of a perceptron. */
  readonly dims?: readonly number[];
  /** Of a transformer. */
  readonly dropout?: number;
  readonly optimizers: readonly string[];
  /** The longest step that is good enough, as a multiple of PyTorch's. */
  readonly bar?: number;
  readonly parameters: readonly ParameterFill[];
}

export const programs = JSON.parse(readFileSync(join(import.meta.dirname, "programs.json"), "utf8")) as Readonly<Record<string, Program>>;

export interface Trained {
  /** Of the first five steps. */
  readonly losses: readonly number[];
  /** Milliseconds of each step after a warm-up, the reading of the loss included. */
  readonly times: readonly number[];
  /** Bytes of resident memory at most, beyond what the process had once the library was loaded. */
  readonly memory: number;
}

export interface Multiplied {
  /** The product's first row begins so. */
  readonly values: readonly number[];
  /** Milliseconds of one product. */
  readonly times: readonly number[];
}

export interface Unable {
  readonly cannot: string;
}

export interface Peer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Milliseconds after which a peer is given up; some compile for very long. */
const patience = 180_000;

const execute = promisify(execFile);

/** Whether the peer's libraries are on this machine. */
export async function isThere({ command, args }: Peer): Promise<boolean> {
  return execute(command, [...args, "--version"]).then(
    () => true,
    () => false,
  );
}

/** What the peer calls itself, with its version. */
export async function versionOf({ command, args }: Peer): Promise<string> {
  return (await execute(command, [...args, "--version"])).stdout.trim();
}

export function train(peer: Peer, program: Program, optimizer: string, duration: number, threads = 1): Promise<Trained | Unable> {
  return ask(peer, ["train", JSON.stringify(program), optimizer, String(duration)], threads);
}

export function multiply(peer: Peer, size: number, layout: Layout, duration: number): Promise<Multiplied | Unable> {
  return ask(peer, ["multiply", String(size), layout, String(duration)], 1);
}

/** @throws where the two disagree by more than rounding, so that their times must not be compared */
export function checkAgreement(what: string, ours: readonly number[], theirs: readonly number[], peer: Peer): void {
  const agrees = ours.every((value, i) => Math.abs(value - theirs[i]!) <= 2e-4 * Math.max(1, Math.abs(value)));
  if (!agrees) throw new Error(`${what}: Kindling has ${ours.join(", ")}; ${peer.name} has ${theirs.join(", ")}`);
}

async function ask<Answer>({ command, args, environment }: Peer, question: readonly string[], threads: number): Promise<Answer | Unable> {
  const count = String(threads);
  const env = { ...process.env, KINDLING_THREADS: count, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, ...environment };
  try {
    const { stdout } = await execute(command, [...args, ...question], { env, maxBuffer: 64e6, timeout: patience });
    return JSON.parse(stdout) as Answer | Unable;
  } catch (error) {
    if ((error as { killed?: boolean }).killed) return { cannot: `not within ${patience / 60_000} minutes` };
    throw error;
  }
}
