export function makeVsix(): Promise<string>;
