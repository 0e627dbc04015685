/** `npm run dev`, then /testing/gallery.html?scene=room: the page in a state of choice, without a server. Not in the product. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { App } from "../screens/app.js";
import "../styles/index.css";
import { makeScene } from "./scenes.js";

const name = new URLSearchParams(location.search).get("scene") ?? "sign-in";
const { client, path } = makeScene(name);
const { hook } = memoryLocation({ path });
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");
// A session that ends needs one that was there before.
if (name === "ended") setTimeout(() => client.set({ account: { kind: "signedOut", ended: "expired" } }), 300);
Object.assign(globalThis, { fakeClient: client });
createRoot(root).render(
  <StrictMode>
    <Router hook={hook}>
      <App client={client} />
    </Router>
  </StrictMode>,
);
