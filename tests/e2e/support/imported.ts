/** A server whose room holds the past of an IRC channel, taken in by the command as a person would run it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PASSWORD } from "./people.js";

const root = new URL("../../..", import.meta.url);

/** Runs `npm run admin -- …` of the built product. @returns what it printed; its progress goes where this test's goes */
async function admin(dataDir: string, args: readonly string[], input = ""): Promise<string> {
  const program =
    'import("./dist/cli/main.js").then(async (cli) => { process.exitCode = await cli.runAdmin(process.argv.slice(1), "."); })';
  const child = spawn(process.execPath, ["--eval", program, "--", ...args], {
    cwd: root,
    env: { ...process.env, MONGODB_URI: "", DATA_DIR: dataDir, BCRYPT_COST: "4" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (text: Buffer) => void (printed += text.toString()));
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`admin ${args.join(" ")} ended with ${code}: ${printed}`);
  return printed;
}

/** Makes an account that can log in with PASSWORD, and imports the logs into a room of theirs. @returns the summary */
export async function importLogs(
  dataDir: string,
  {
    folder,
    room,
    topic,
    owner,
  }: { folder: string; room: string; topic: string; owner: { username: string; name: string } },
): Promise<string> {
  await admin(dataDir, ["user", "create", owner.username, "--display-name", owner.name, "--password-stdin"], PASSWORD);
  return await admin(dataDir, ["import", "irc", folder, "--room", room, "--topic", topic]);
}
