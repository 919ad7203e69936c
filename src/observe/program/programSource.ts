/** What is known of the user's source. */
import type { SourcePosition } from "../../protocol/index.ts";

export interface ProgramSource {
  /** The user's program as stack traces name it. */
  readonly program: string;
  /** Whether a class of that name (as the program's own text has it) is a module of the user's. */
  isModuleClass(name: string): boolean;
  /** The name that the program's own text gives to a class. */
  nameInProgram(constructor: Function): string;
  locate(line: number, column: number): SourcePosition | undefined;
  /** The variable that is given what is called or constructed at that place. */
  variableAt(position: SourcePosition): { readonly name: string; readonly assigned: boolean } | undefined;
  /** Where a loop that tells its turns stands, and a call that tells its end, by their indices. */
  loopAt(loop: number): SourcePosition | undefined;
  callAt(call: number): SourcePosition | undefined;
  /** Where a class of the user's first gives its objects a property of that name. */
  fieldAt(constructor: Function, name: string): SourcePosition | undefined;
  declaredAt(constructor: Function): SourcePosition | undefined;
}
