import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSecret } from "./secret.js";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parlance-secret-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

it("takes the one that is set, and writes none", async () => {
  expect(await loadSecret({ jwtSecret: "x".repeat(40), dataDir })).toBe("x".repeat(40));

  expect(await readdir(dataDir)).toEqual([]);
});

it("is made once, kept with mode 0600, and the same for all who start at the same moment", async () => {
  const nested = join(dataDir, "not", "there", "yet");

  const secrets = await Promise.all(Array.from({ length: 8 }, () => loadSecret({ jwtSecret: null, dataDir: nested })));

  expect(new Set(secrets).size).toBe(1);
  expect(await loadSecret({ jwtSecret: null, dataDir: nested })).toBe(secrets[0]);
  expect(Buffer.from(secrets[0] ?? "", "base64url")).toHaveLength(48);
  expect(await readdir(nested)).toEqual(["jwt-secret"]);
  expect((await stat(join(nested, "jwt-secret"))).mode & 0o777).toBe(0o600);
  expect((await stat(nested)).mode & 0o777).toBe(0o700);
});

it("refuses a file that holds less than a secret, and leaves it as it is", async () => {
  await writeFile(join(dataDir, "jwt-secret"), "short\n");

  await expect(loadSecret({ jwtSecret: null, dataDir })).rejects.toThrow("holds no secret of at least 32 bytes");
  expect(await readFile(join(dataDir, "jwt-secret"), "utf8")).toBe("short\n");
});
