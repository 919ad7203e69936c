/** Node's flags for what an agent starts: nobody watches its memory as it goes on. Tensors have a memory of their own, which ends at 4 GB as well. */
export const memoryFlags: readonly string[] = ["--max-old-space-size=4096"];
