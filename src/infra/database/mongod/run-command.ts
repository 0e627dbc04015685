/** Runs a command that reports as it goes, and ends it when it falls silent or takes too long. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface CommandLimits {
  /** Ended after this long without a sign of life. */
  readonly silenceMs: number;
  readonly totalMs: number;
}

/** A command that could not be started, failed, or was ended by its limits. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * @param onLine - gets each line of both outputs as it comes
 * @param isAlive - asked when the command has been silent for `silenceMs`; true gives it as long again
 * @throws CommandError with a one-line reason
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  limits: CommandLimits,
  onLine: (line: string) => void,
  isAlive: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  let lastLine = "";
  let lastError = "";
  let ended: string | null = null;
  const end = (reason: string) => {
    ended = reason;
    child.kill("SIGKILL");
  };
  const checkSilence = () => {
    // isAlive does not reject: it answers false for what it cannot find out.
    void isAlive().then((alive) => (alive ? silence.refresh() : end(`no progress for ${limits.silenceMs / 1000} s`)));
  };
  const silence = setTimeout(checkSilence, limits.silenceMs);
  const total = setTimeout(() => end(`not done after ${limits.totalMs / 1000} s`), limits.totalMs);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      if (line.trim() === "") return;
      silence.refresh();
      lastLine = line.trim();
      if (/error/i.test(line)) lastError = lastLine;
      onLine(line.trim());
    });
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", (error) => reject(new CommandError(error.message)));
      child.once("close", (code) => {
        if (ended === null && code === 0) resolve();
        else reject(new CommandError(ended ?? (lastError || lastLine || `it ended with code ${code}`)));
      });
    });
  } finally {
    clearTimeout(silence);
    clearTimeout(total);
  }
}
