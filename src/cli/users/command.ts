/** `user …`: accounts made and looked after from the command line, under the rules of a registration. */
import { Argument, Option, type Command } from "commander";
import { createAdministration, type Administration } from "../../accounts/administration.js";
import { createPasswords, hasPassword } from "../../accounts/credentials/passwords.js";
import { createRegistration } from "../../accounts/registration.js";
import { createSessions } from "../../accounts/sessions.js";
import { endpoints } from "../../protocol/endpoints/index.js";
import { parse } from "../../protocol/parse.js";
import type { Me } from "../../protocol/shapes.js";
import type { Cli } from "../cli.js";
import { withData, type Data } from "../open.js";
import { choosePassword, type PasswordOptions } from "./password.js";

type CreateOptions = PasswordOptions & { displayName?: string; admin?: true };

const roles: readonly Me["role"][] = ["member", "admin"];

/** Adds the group. */
export function registerUsers(program: Command, cli: Cli): void {
  const user = program
    .command("user")
    .description("Make accounts and look after them. Works beside a running server, and without one.");

  withPasswordOptions(user.command("create"))
    .description("Make an account, whatever REGISTRATION says. The very first account is always an admin.")
    .argument("<name>", "username: 3 to 32 of a-z 0-9 . _ -")
    .option("--display-name <name>", "the name that others see (default: the username)")
    .option("--admin", "make it an admin")
    .action((name: string, options: CreateOptions) => create(cli, name, options));

  withPasswordOptions(user.command("password"))
    .description("Set a new password. All the user's sessions end, also at a running server.")
    .argument("<name>", "username")
    .action((name: string, options: PasswordOptions) => setPassword(cli, name, options));

  user
    .command("role")
    .description("Make a user an admin, or a member again. Admins have no door into private rooms.")
    .argument("<name>", "username")
    .addArgument(new Argument("<role>").choices(roles))
    .action((name: string, role: Me["role"]) => setRole(cli, name, role));

  user
    .command("deactivate")
    .description("Keep a user out: no login, all sessions end. Rooms and messages stay as they are.")
    .argument("<name>", "username")
    .action((name: string) => deactivate(cli, name));

  user
    .command("reactivate")
    .description("Let a deactivated user log in again.")
    .argument("<name>", "username")
    .action((name: string) => reactivate(cli, name));

  user
    .command("list")
    .description("Show all accounts: username, role, state, day of registration, display name.")
    .action(() => list(cli));
}

function withPasswordOptions(command: Command): Command {
  return command
    .addOption(new Option("--password-stdin", "read the password from standard input").conflicts("generate"))
    .addOption(new Option("--generate", "make a password and print it"))
    .addHelpText(
      "after",
      "\nWithout --password-stdin or --generate the password is asked for, twice, without being shown.",
    );
}

async function administrate(cli: Cli, command: string, work: (actions: Administration, data: Data) => Promise<void>) {
  await withData(cli, { command: `user ${command}`, access: "shared" }, async (data) => {
    const { users, sessions: model, endedSessions: ended, log, now } = data;
    const passwords = createPasswords(data.config.bcryptCost);
    const sessions = createSessions({ model, ended, log, now, onSessionEnded: () => {} });
    const register = createRegistration({ users, passwords, config: { registration: "open" }, now });
    await work(createAdministration({ users, sessions, passwords, register, now }), data);
  });
}

async function create(cli: Cli, name: string, { displayName, admin, ...passwordOptions }: CreateOptions) {
  const { password, generated } = await choosePassword(cli, passwordOptions);
  const body = { username: name, password, ...(displayName === undefined ? {} : { displayName }) };
  const parsed = parse(endpoints.register.body, body);
  await administrate(cli, "create", async (actions) => {
    const made = await actions.create(parsed, admin === true ? "admin" : "member");
    cli.print(`Made the account ${made.username} (${made.role}).`);
    if (made.role === "admin" && admin !== true) cli.say("It is an admin because it is the first account.");
    if (generated) cli.print(`Password: ${password}`);
  });
}

async function setPassword(cli: Cli, name: string, options: PasswordOptions) {
  const { password, generated } = await choosePassword(cli, options);
  await administrate(cli, "password", async (actions, data) => {
    const ended = await actions.setPassword(name, password);
    cli.print(`${name} has a new password. ${endedLine(ended, data)}`);
    if (generated) cli.print(`Password: ${password}`);
  });
}

async function setRole(cli: Cli, name: string, role: Me["role"]) {
  await administrate(cli, "role", async (actions) => {
    const changed = await actions.setRole(name, role);
    cli.print(
      changed ? `${name} is ${role === "admin" ? "an admin" : "a member"} now.` : `${name} has that role already.`,
    );
    await warnWithoutAdmin(cli, actions);
  });
}

async function deactivate(cli: Cli, name: string) {
  await administrate(cli, "deactivate", async (actions, data) => {
    const ended = await actions.deactivate(name);
    cli.print(`${name} is deactivated. ${endedLine(ended, data)}`);
    await warnWithoutAdmin(cli, actions);
  });
}

async function reactivate(cli: Cli, name: string) {
  await administrate(cli, "reactivate", async (actions) => {
    const changed = await actions.reactivate(name);
    cli.print(changed ? `${name} can log in again.` : `${name} was not deactivated.`);
  });
}

async function list(cli: Cli) {
  await administrate(cli, "list", async (actions) => {
    for await (const { username, role, deactivatedAt, passwordHash, createdAt, displayName } of actions.list()) {
      // What an import made, and nobody was handed so far.
      const isVacant = !hasPassword(passwordHash);
      const state = deactivatedAt !== undefined ? "deactivated" : isVacant ? "imported" : "active";
      const day = createdAt.toISOString().slice(0, 10);
      cli.print(`${username.padEnd(32)}  ${role.padEnd(6)}  ${state.padEnd(11)}  ${day}  ${displayName}`);
    }
  });
}

function endedLine(sessions: number, { server }: Data): string {
  const count = sessions === 1 ? "1 session" : `${sessions} sessions`;
  const ended = sessions === 0 ? "There were no sessions to end." : `Ended ${count}.`;
  if (server === null || sessions === 0) return ended;
  return `${ended} The server at ${server.url ?? `process ${server.pid}`} closes their connections within 2 s.`;
}

async function warnWithoutAdmin(cli: Cli, actions: Administration) {
  if ((await actions.activeAdmins()) === 0)
    cli.say("No active admin is left. Make one: npm run admin -- user role NAME admin");
}
