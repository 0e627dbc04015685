/** Renders a part of the page with everything around it that it expects, for component tests. */
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { Announcer } from "../components/announcer.js";
import { ClientProvider, MeProvider } from "../hooks/chat-context.js";
import { KeptProvider } from "../hooks/kept.js";
import { LinkProvider } from "../hooks/link.js";
import type { ChatClient } from "../sdk/types.js";
import { me } from "./shapes.js";

/** @returns what testing-library returns, and `history`: the addresses that were gone to */
export function renderWith(client: ChatClient, part: ReactNode, { path = "/" } = {}) {
  const { hook, history } = memoryLocation({ path, record: true });
  const rendered = render(
    <Router hook={hook}>
      <ClientProvider client={client}>
        <Announcer>
          <MeProvider me={me()}>
            <KeptProvider>
              <LinkProvider>{part}</LinkProvider>
            </KeptProvider>
          </MeProvider>
        </Announcer>
      </ClientProvider>
    </Router>,
  );
  return { ...rendered, history };
}
