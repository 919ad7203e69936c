/** What the command line and the extension ask for: a program's Python, and the project that it becomes. */
export { toPython, type PythonProgram } from "./toPython.ts";
export { pythonProject, type PythonProject } from "./project.ts";
