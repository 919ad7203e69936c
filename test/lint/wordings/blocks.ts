import { nn } from "kindling";
export const blocks = (width: number, count: number): nn.Linear[] => Array.from({ length: count }, () => new nn.Linear(width, width));
