/** How a program is said to a tool: its file, and what it finds in `process.argv`. */

export const fileProperty = { type: "string", description: "Path of the .model.ts file." };

export const argumentsProperty = { type: "array", items: { type: "string" }, description: "What the program finds in process.argv." };
