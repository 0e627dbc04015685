/** The way in: register or log in. Used as the login page, and over the page when a session ran out. */
import { useState } from "react";
import { Tabs } from "../../components/tabs.js";
import { useStore } from "../../hooks/chat-context.js";
import { LogInForm } from "./log-in-form.js";
import { RegisterForm } from "./register-form.js";

const TABS = [
  { id: "register", label: "Register" },
  { id: "log-in", label: "Log in" },
] as const;

export const ENDED_WORDS = {
  expired: "Your session has run out. Log in again: what you wrote is kept.",
  revoked: "This session was ended. Log in again: what you wrote is kept.",
} as const;

/** Both forms behind two tabs; the name typed in one stays for the other. */
export function SignInCard({ first, ended }: { first: "register" | "log-in"; ended: "expired" | "revoked" | null }) {
  const [tab, setTab] = useState(first);
  const [username, setUsername] = useState("");
  const registration = useStore((state) => state.server?.registration ?? "open");
  return (
    <main className="card sign-in">
      <div className="mark" aria-hidden="true">
        P
      </div>
      <h1>Come in</h1>
      <p className="lead">Talk with your people. Every word is kept.</p>
      <p className="note" role="status">
        {ended !== null && ENDED_WORDS[ended]}
      </p>
      <Tabs label="Register or log in" tabs={TABS} selected={tab} onSelect={setTab}>
        {tab === "register" ? (
          <RegisterForm username={username} onUsername={setUsername} registration={registration} />
        ) : (
          <LogInForm username={username} onUsername={setUsername} />
        )}
      </Tabs>
      <p className="foot">This server belongs to the people who run it. No tracking, no outside services.</p>
    </main>
  );
}
