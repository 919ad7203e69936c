/** The part of system.mjs that tests use. */
import type { ChildProcess } from "node:child_process";

export function cacheDirectory(): string;
export function spawnTied(command: string, args: readonly string[], options?: { stdout?: "inherit" | "pipe"; behind?: boolean }): ChildProcess;
