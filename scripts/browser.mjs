/** Finds a Chromium, Chrome or Edge that is installed; the browser tests bring none. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge"];
const macApplications = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];
const windowsPrograms = [
  "Google\\Chrome\\Application\\chrome.exe",
  "Microsoft\\Edge\\Application\\msedge.exe",
  "Chromium\\Application\\chrome.exe",
];

/**
 * @param {Record<string, string | undefined>} env
 * @param {NodeJS.Platform} platform
 * @param {(path: string) => boolean} exists
 * @returns {string | null} the executable; null when none is installed
 */
export function findBrowser(env, platform = process.platform, exists = existsSync) {
  const chosen = env["CHROMIUM_PATH"];
  if (chosen) return exists(chosen) ? chosen : null;
  return candidates(env, platform).find((path) => exists(path)) ?? null;
}

function candidates(/** @type {Record<string, string | undefined>} */ env, /** @type {NodeJS.Platform} */ platform) {
  if (platform === "darwin") return macApplications;
  if (platform === "win32") {
    const folders = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) => env[name] ?? []);
    return windowsPrograms.flatMap((program) => folders.map((folder) => `${folder}\\${program}`));
  }
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

export const installHint =
  "No Chromium, Chrome or Edge found for the browser tests. Install one (Debian, Ubuntu: sudo apt-get install chromium; " +
  "macOS: brew install --cask chromium; Windows: winget install Google.Chrome), or set CHROMIUM_PATH.";
