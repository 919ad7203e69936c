export function ensureNode(major: number): Promise<string>;
export function installNode(directory: string, major: number): Promise<void>;
export function nodeIn(directory: string): string;
