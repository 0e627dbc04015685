/** client/sdk as others get it: packed by npm, unpacked elsewhere, compiled and run against a server. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClients } from "../support/clients.js";
import { startTestServer } from "../support/server.js";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

let folder: string;
/** the unpacked package, in the node_modules of its consumer */
let unpacked: string;

interface Manifest {
  name: string;
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const manifestOf = async (path: string) => JSON.parse(await readFile(join(path, "package.json"), "utf8")) as Manifest;

/** Makes what npm would find: a package of ours, and links to those that the clone has. */
async function link(name: string): Promise<void> {
  const place = join(folder, "node_modules", name);
  await mkdir(join(place, ".."), { recursive: true });
  await symlink(join(root, "node_modules", name), place);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parlance-sdk-"));
  const built = join(folder, "built");
  const build = `const { buildSdk } = await import("./scripts/sdk/package.mjs"); buildSdk(${JSON.stringify(built)});`;
  await run(process.execPath, ["--input-type=module", "-e", build], { cwd: root });
  const packing = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder, built];
  const { stdout } = await run("npm", packing, { cwd: folder, shell: process.platform === "win32" });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  unpacked = join(folder, "node_modules/parlance-sdk");
  await mkdir(unpacked, { recursive: true });
  await run("tar", ["-xzf", join(folder, filename), "-C", unpacked, "--strip-components=1"]);
  for (const name of Object.keys((await manifestOf(unpacked)).dependencies)) await link(name);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Compiles what stands in the consumer's folder as strictly as TypeScript can. */
async function compile(name: string, options: { lib: string[]; types: string[] }): Promise<string> {
  const tsconfig = join(folder, `${name}.tsconfig.json`);
  const compilerOptions = {
    target: "ES2023",
    module: "NodeNext",
    moduleResolution: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    outDir: join(folder, "compiled"),
    rootDir: folder,
    ...options,
  };
  await writeFile(tsconfig, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return await run(process.execPath, [tsc, "-p", tsconfig]).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

describe("the package of the SDK", () => {
  it("says what it is, and wants socket.io-client and nothing else", async () => {
    const [made, project] = [await manifestOf(unpacked), await manifestOf(root)];

    expect(made).toMatchObject({ name: "parlance-sdk", version: project.version, type: "module", license: "MIT" });
    expect(made.dependencies).toEqual({ "socket.io-client": project.devDependencies["socket.io-client"] });
    expect((await readdir(unpacked)).toSorted()).toEqual(["LICENSE", "README.md", "lib", "package.json"]);
  });

  it("holds no schemas, no tests, nothing of the server but limits, errors, names and text rules", async () => {
    const files = (await readdir(unpacked, { recursive: true })).filter((name) => /\.[jt]s$/.test(name));
    const texts = await Promise.all(files.map((name) => readFile(join(unpacked, name), "utf8")));

    expect(files.filter((name) => /test|fake|sample/.test(name))).toEqual([]);
    expect(files.filter((name) => name.includes("lib/src/") && name.endsWith(".js")).toSorted()).toEqual(
      ["errors", "event-names", "limits", "text"].map((name) => `lib/src/protocol/${name}.js`),
    );
    expect(texts.filter((text) => /from "(zod|react)|\bZod[A-Z]/.test(text))).toEqual([]);
  });

  it("compiles without the DOM, in a bot that then talks to a server", async () => {
    const server = await startTestServer();
    const ada = await createClients(server).registerUser("ada");
    const { room } = await ada.createRoom("public", "Harbour");
    const socket = await ada.connect();
    await link("@types/node");
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await copyFile(join(root, "examples/bot.ts"), join(folder, "bot.ts"));

    const faults = await compile("bot", { lib: ["ES2023"], types: ["node"] });
    const bot = run(process.execPath, [join(folder, "compiled/bot.js")], {
      env: {
        ...process.env,
        PARLANCE_URL: server.url,
        BOT_USERNAME: "bot",
        BOT_PASSWORD: "correct horse battery",
        BOT_ROOM: "Harbour",
      },
    });
    const ended = bot.catch((error: unknown) => error);
    await new Promise<void>((resolve, reject) => {
      bot.child.stdout?.on("data", (text: string) => text.includes("is in Harbour") && resolve());
      bot.child.once("exit", (code) => reject(new Error(`The bot ended with ${code}.`)));
    });
    await socket.send(room.id, "!echo from afar");

    const texts = () => socket.entries(room.id).map((entry) => (entry.kind === "message" ? entry.text : entry.kind));
    await socket.waitFor(() => texts().includes("from afar"));
    expect(faults).toBe("");
    bot.child.kill();
    await ended;
  }, 60_000);

  it("compiles in a page, without Node", async () => {
    const page = `import { ChatError, LIMITS, type Entry, type Member, type RoomState } from "parlance-sdk";
      import { browserOptions, createBrowserChatClient } from "parlance-sdk/browser";
      const client = createBrowserChatClient();
      export const options = browserOptions(window);
      export const first = (room: RoomState): Entry | undefined => room.rows.flatMap((row) => (row.kind === "entry" ? [row.entry] : []))[0];
      export const nameOf = (member: Member): string => member.user.displayName;
      client.onEntry((entry) => entry.kind === "message" && entry.text.length > LIMITS.messageTextMax);
      client.joinRoomByName("Harbour").catch((error: unknown) => error instanceof ChatError && error.code === "not_found");
      // @ts-expect-error a message has no such field: these are types, not any
      client.onEntry((entry) => entry.nothing);`;
    await writeFile(join(folder, "page.ts"), page);

    expect(await compile("page", { lib: ["ES2023", "DOM"], types: [] })).toBe("");
  }, 60_000);
});
