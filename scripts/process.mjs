/** Child processes for the scripts: run one to its end, find the clone's own tools. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** A failure that is told by its message alone. */
export class PlainError extends Error {
  isPlain = true;
}

/**
 * Runs a command in the clone, its output going where ours goes.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 1 when a signal ended it or it could not be started
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    child.once("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a tool of node_modules with this very Node, without a shell in between.
 *
 * @param {string} file - below node_modules
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions & { node?: readonly string[] }} [options]
 */
export function runTool(file, args, { node = [], ...options } = {}) {
  return run(process.execPath, [...node, `node_modules/${file}`, ...args], options);
}
