import type { Command } from "commander";
import type { Cli } from "../cli.js";

export function registerDoctor(_program: Command, _cli: Cli): void {}
