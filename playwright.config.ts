/** The journeys in a real browser, which `npm test` runs last; `npx playwright test rooms` runs those of one file. */
import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";
import { findBrowser } from "./scripts/browser.mjs";

const browser = findBrowser(process.env);

const config: PlaywrightTestConfig = {
  testDir: "tests/e2e",
  testMatch: "*.spec.ts",
  // One server and one browser: the machine that runs this may be small.
  workers: 1,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env["CI"] !== undefined,
  reporter: "list",
  use: {
    viewport: { width: 1280, height: 800 },
    // Cheaper than a trace, which `--trace on` records for whoever looks for something.
    screenshot: "only-on-failure",
    launchOptions: {
      ...(browser !== null && { executablePath: browser }),
      args: [
        // Chromium's own sandbox does not start as root, as in a container; these pages are all ours.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
};

export default defineConfig(config);
