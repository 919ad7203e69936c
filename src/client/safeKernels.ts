/**
 * The runner's fastest kernels lean on an experiment of V8's. They are put to the test when the engine is loaded; a machine
 * on which the process dies of that is started once more with the safe ones.
 */

/** Environment of a runner that leaves V8's experiments alone. */
export const safeKernels: Readonly<Record<string, string>> = { KINDLING_KERNELS: "safe" };

/** Whether a process died of an instruction or an address that it should not have used. */
export function isFault(signal: string | null): boolean {
  return signal !== null && ["SIGSEGV", "SIGILL", "SIGBUS", "SIGTRAP", "SIGFPE"].includes(signal);
}
