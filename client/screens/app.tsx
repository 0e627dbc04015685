/** The page: the way in while nobody is logged in, the shell once somebody is. The shell's code is fetched when it is needed. */
import { lazy, Suspense, useState } from "react";
import type { Me } from "../../src/protocol/shapes.js";
import { Announcer } from "../components/announcer.js";
import { ErrorBoundary } from "../components/error-boundary.js";
import { ClientProvider, MeProvider, useStore } from "../hooks/chat-context.js";
import { useLocalSetting } from "../hooks/local-setting.js";
import { knownHereSetting } from "../hooks/settings.js";
import { useHeldFor } from "../hooks/timers.js";
import type { ChatClient } from "../sdk/types.js";
import { Crash } from "./crash.js";
import { SignIn } from "./sign-in/index.js";

const loadShell = () => import("./shell/index.js");
const Shell = lazy(loadShell);

export function App({ client }: { client: ChatClient }) {
  return (
    <ErrorBoundary renderFallback={(retry) => <Crash onRetry={retry} />}>
      <ClientProvider client={client}>
        <Announcer>
          <Suspense fallback={<Starting />}>
            <Entrance />
          </Suspense>
        </Announcer>
      </ClientProvider>
    </ErrorBoundary>
  );
}

function Entrance() {
  const account = useStore((state) => state.account);
  const hasRooms = useStore((state) => state.rooms !== null);
  const knownHere = useLocalSetting(knownHereSetting) === "yes";
  // Whose page this is: it stays through an expired session, so that the page is still there under the question.
  const [owner, setOwner] = useState<Me | null>(null);
  if (account.kind === "signedIn" && account.me !== owner) setOwner(account.me);
  if (account.kind === "signedOut" && account.ended === null && owner !== null) setOwner(null);

  if (account.kind === "starting") return <Starting />;
  if (account.kind === "signedIn") {
    return (
      <MeProvider me={account.me}>
        <Shell key={account.me.id} ended={null} />
      </MeProvider>
    );
  }
  if (owner !== null && account.ended !== null && hasRooms) {
    return (
      <MeProvider me={owner}>
        <Shell key={owner.id} ended={account.ended} />
      </MeProvider>
    );
  }
  return (
    // Whoever begins to type will want the rest of the page soon.
    <div onInput={() => void loadShell()}>
      <SignIn ended={account.ended} knownHere={knownHere} />
    </div>
  );
}

function Starting() {
  const slow = useHeldFor(true, 150);
  return (
    <main className="entrance">
      <p role="status">{slow && "Starting…"}</p>
    </main>
  );
}
