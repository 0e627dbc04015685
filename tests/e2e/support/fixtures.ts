/** What every journey has: one built server, browsers for people, and a watch over what those browsers complain about. */
import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { register } from "./page.js";
import { usernameFor } from "./people.js";
import { runServer, type RunningServer } from "./server.js";

interface Complaints {
  readonly all: string[];
  tolerate(...expected: readonly RegExp[]): void;
}

interface Journey {
  /** A browser of its own, at the way in. */
  visitor(options?: BrowserContextOptions): Promise<Page>;
  /** The same, registered and logged in. */
  person(displayName: string, options?: BrowserContextOptions): Promise<Page>;
  /**
   * What the consoles of all pages have said is wrong. At the end of a test there must be nothing but what `tolerate` was
   * told to expect; a breach of the page's policy (CSP) is an error in the console too.
   */
  complaints: Complaints;
}

/** What a browser says by itself when a server is away, or a call is refused. */
export const AWAY =
  /net::ERR_(CONNECTION|INTERNET_DISCONNECTED|EMPTY|NETWORK|SOCKET)|WebSocket connection to|status of 503/;
export const REFUSED = /the server responded with a status of 4\d\d/;

export const test = base.extend<Journey, { server: RunningServer }>({
  server: [
    async ({ browserName }, give) => {
      const server = await runServer(browserName);
      await give(server);
      await server.remove();
    },
    { scope: "worker", timeout: 90_000 },
  ],

  complaints: async ({ browserName }, give) => {
    const all: string[] = [];
    const tolerated: RegExp[] = [];
    await give({ all, tolerate: (...expected) => void tolerated.push(...expected) });
    const unexpected = all.filter((complaint) => !tolerated.some((expected) => expected.test(complaint)));
    expect(unexpected, `the consoles of ${browserName}`).toEqual([]);
  },

  visitor: async ({ browser, server, complaints }, give) => {
    const contexts: BrowserContext[] = [];
    const watch = (page: Page) => {
      page.on("console", (message) => {
        if (message.type() === "error") complaints.all.push(`${message.text()} (${message.location().url})`);
      });
      page.on("pageerror", (error) => complaints.all.push(error.stack ?? error.message));
    };
    await give(async (options = {}) => {
      const context = await browser.newContext({ ...options, baseURL: server.url });
      contexts.push(context);
      context.on("page", watch);
      const page = await context.newPage();
      await page.goto("/");
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  person: async ({ visitor }, give) => {
    await give(async (displayName, options) => {
      const page = await visitor(options);
      await register(page, usernameFor(displayName), displayName);
      return page;
    });
  },
});

export { expect };
