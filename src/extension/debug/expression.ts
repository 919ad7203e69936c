/** The expression that a cursor is in: a name with what leads to it, `this.fc1.weight`. Pure. */

/** Names, and members by name or number: no calls, which would run something. */
const expression = /(?:this|[\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\??\.#?[\p{ID_Start}$_][\p{ID_Continue}$]*|\[\d+\])*/gu;

/** @param character from 0; up to and with the name that it is in, as the editor's own hover takes it */
export function expressionAt(line: string, character: number): string | undefined {
  for (const { 0: found, index } of line.matchAll(expression)) {
    if (character < index || character > index + found.length) continue;
    const rest = /^[\p{ID_Continue}$]*\]?/u.exec(line.slice(character))![0];
    return found.slice(0, character - index + rest.length);
  }
  return undefined;
}
