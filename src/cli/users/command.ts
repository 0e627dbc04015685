import type { Command } from "commander";
import type { Cli } from "../cli.js";

export function registerUsers(_program: Command, _cli: Cli): void {}
