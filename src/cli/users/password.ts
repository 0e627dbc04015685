/** Where a new password comes from: standard input, a generator, or a person who types it twice. */
import { randomInt } from "node:crypto";
import { CommandError, type Cli } from "../cli.js";

export interface PasswordOptions {
  passwordStdin?: true;
  generate?: true;
}

/** None of them is taken for another one when it is read aloud or copied by hand. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 5;
const GROUP_LENGTH = 5;

/** @throws CommandError when there is nobody to ask, or the two differ */
export async function choosePassword(
  cli: Cli,
  { passwordStdin, generate }: PasswordOptions,
): Promise<{ password: string; generated: boolean }> {
  if (generate === true) return { password: generatePassword(), generated: true };
  if (passwordStdin === true) return { password: await readPassword(cli), generated: false };
  if (!cli.isTerminal)
    throw new CommandError("There is no terminal to ask for a password. Add --password-stdin or --generate.");
  const password = await cli.askSecret("Password:");
  if (password !== (await cli.askSecret("Once more:"))) throw new CommandError("The two differ. Nothing was changed.");
  return { password, generated: false };
}

/** What `echo` and a file put behind it is no part of it. */
async function readPassword(cli: Cli): Promise<string> {
  const password = (await cli.readInput()).replace(/\r?\n$/, "");
  if (password === "") throw new CommandError("Standard input holds no password.");
  return password;
}

function generatePassword(): string {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}
