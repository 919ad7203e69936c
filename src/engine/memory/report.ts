/** What linear memory is used for. */
import { freeBytes, heapBytes } from "./heap.ts";
import { linearBytes } from "./linear.ts";
import { nurseryStorages, nurseryUse } from "./nursery.ts";
import { residentBytes, residentStorages } from "./residents.ts";
import { Kind, Place } from "./storage.ts";

/**
 * What linear memory holds; all but `residents` in bytes. Tensors that share memory count once, by its full size.
 *
 * What moved to the JavaScript heap isn't in it: there the garbage collector decides, and nobody can tell what is still
 * reachable. Parameters and the like move there only where there is too much of everything.
 * @api torch.MemoryReport
 */
export interface MemoryReport {
  /** `nn.Parameter`s. */
  parameters: number;
  /** What is in some tensor's `grad`. */
  gradients: number;
  /** Buffers of modules: running statistics, masks. */
  buffers: number;
  /** What optimizers remember of parameters. */
  optimizerState: number;
  /** Everything else that operations made: activations, losses, data. Much of it may be unreachable already. */
  results: number;
  /** What only the engine uses: memory that products and convolutions work in, gradients within a backward pass. */
  workspaces: number;
  /** Handed out for all of these together; the nursery counts with all the room that it may grow in, and blocks are rounded up. */
  heap: number;
  /** Could be handed out without linear memory growing. */
  free: number;
  /** All of linear memory. It never shrinks. */
  linear: number;
  /** The nursery, where results live at first, and how much of it is taken. */
  nursery: number;
  nurseryUsed: number;
  /** Blocks of what lives outside of the nursery, parameters and gradients above all, and their number. */
  resident: number;
  residents: number;
  /** What left for the JavaScript heap when the nursery was last full, because it was or may have been reachable. */
  movedOut: number;
}

/**
 * What memory is used for at this moment. Looks at every storage: for now and then, not for every step.
 * @api torch.memoryReport
 */
export function memoryReport(): MemoryReport {
  const bytes = bytesByKind();
  const nursery = nurseryUse();
  return {
    parameters: bytes[Kind.Parameter]!,
    gradients: bytes[Kind.Gradient]!,
    buffers: bytes[Kind.Buffer]!,
    optimizerState: bytes[Kind.OptimizerState]!,
    results: bytes[Kind.Result]!,
    workspaces: heapBytes() - nursery.room - residentBytes(),
    heap: heapBytes(),
    free: freeBytes(),
    linear: linearBytes(),
    nursery: nursery.size,
    nurseryUsed: nursery.used,
    resident: residentBytes(),
    residents: residentStorages().length,
    movedOut: nursery.evacuated,
  };
}

function bytesByKind(): number[] {
  const bytes = [0, 0, 0, 0, 0];
  for (const storage of residentStorages()) bytes[storage.kind]! += storage.bytes;
  for (const storage of nurseryStorages()) if (storage.place === Place.Nursery) bytes[storage.kind]! += storage.bytes;
  return bytes;
}
