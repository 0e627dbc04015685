import type { Command } from "commander";
import type { Cli } from "../cli.js";

export function registerBackup(_program: Command, _cli: Cli): void {}
