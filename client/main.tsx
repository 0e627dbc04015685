/** The page begins here: one chat client, one root. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserChatClient } from "./sdk/browser/index.js";
import { App } from "./screens/app.js";
import "./styles/index.css";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");

const client = createBrowserChatClient();
// A failure to resume shows in the state: somebody has to log in, or the connection is retried.
client.start().catch(() => undefined);
createRoot(root).render(
  <StrictMode>
    <App client={client} />
  </StrictMode>,
);
