/**
 * Takes the pictures of docs/screens anew: `npm run build`, then `npx playwright test -c tests/e2e/screens.config.ts`.
 * Not a test, and no part of `npm test`.
 */
import { defineConfig } from "@playwright/test";
import journeys from "../../playwright.config.js";

export default defineConfig(journeys, { testDir: ".", testMatch: "*screens.ts", timeout: 120_000 });
