/**
 * Libraries side by side. A peer is a program of its own, started as `… PROGRAM OPTIMIZER MILLISECONDS`, that trains one
 * of the networks in programs.json and prints `{ losses, times }` as JSON: the first five losses, and the milliseconds of
 * each step after a warm-up, the reading of the loss included. To add one, write such a program and name it in engineSteps.ts.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** Seed, number of values and fan-in of one parameter in the order of `parameters()`; `null` keeps the layer's own values. */
export type ParameterFill = readonly [seed: number, size: number, fanIn: number] | null;

export interface Program {
  readonly title: string;
  /** Batch first. */
  readonly input: readonly number[];
  readonly classes: number;
  /** Widths of a plain multilayer perceptron. */
  readonly dims?: readonly number[];
  readonly optimizers: readonly string[];
  readonly parameters: readonly ParameterFill[];
}

export const programs = JSON.parse(readFileSync(join(import.meta.dirname, "programs.json"), "utf8")) as Readonly<Record<string, Program>>;

export interface Trained {
  readonly losses: readonly number[];
  readonly times: readonly number[];
}

export interface Peer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const execute = promisify(execFile);

/** Whether the peer's libraries are on this machine. */
export async function isThere({ command, args }: Peer): Promise<boolean> {
  return execute(command, [...args, "--version"]).then(() => true, () => false);
}

/** What the peer calls itself, with its version. */
export async function versionOf({ command, args }: Peer): Promise<string> {
  return (await execute(command, [...args, "--version"])).stdout.trim();
}

export async function train({ command, args, environment }: Peer, program: string, optimizer: string, duration: number): Promise<Trained> {
  const { stdout } = await execute(command, [...args, program, optimizer, String(duration)], { env: { ...process.env, ...environment }, maxBuffer: 64e6 });
  return JSON.parse(stdout) as Trained;
}
