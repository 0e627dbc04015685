import { createDefaultEsmPreset, type JestConfigWithTsJest } from "ts-jest";

const esm = (tsconfig: string) => createDefaultEsmPreset({ tsconfig });
// Sources import "./x.js", as Node resolves it; under jest that is the .ts (or .tsx) beside it.
const jsToTs = { "^(\\.{1,2}/.*)\\.js$": "$1" };

const config: JestConfigWithTsJest = {
  projects: [
    {
      displayName: "server",
      ...esm("<rootDir>/tsconfig.json"),
      testEnvironment: "node",
      testMatch: [
        "<rootDir>/src/**/*.test.ts",
        "<rootDir>/client/sdk/**/*.test.ts",
        "<rootDir>/tests/**/*.test.ts",
        "<rootDir>/scripts/**/*.test.ts",
      ],
      moduleNameMapper: jsToTs,
      globalSetup: "<rootDir>/tests/support/mongod/global-setup.mjs",
      globalTeardown: "<rootDir>/tests/support/mongod/global-teardown.mjs",
    },
    {
      displayName: "client",
      ...esm("<rootDir>/client/tsconfig.json"),
      testEnvironment: "jsdom",
      testMatch: ["<rootDir>/client/**/*.test.tsx"],
      moduleNameMapper: jsToTs,
    },
  ],
};

export default config;
