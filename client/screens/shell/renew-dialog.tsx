import { useRef } from "react";
import { Dialog } from "../../components/dialog.js";
import { useMe } from "../../hooks/chat-context.js";
import { LogInForm } from "../sign-in/log-in-form.js";
import { ENDED_WORDS } from "../sign-in/sign-in-card.js";

/** Asks for the password again over the page; drafts and unsent messages stay under it. Whoever wants to be somebody else reloads. */
export function RenewDialog({ ended }: { ended: "expired" | "revoked" }) {
  const me = useMe();
  const password = useRef<HTMLInputElement>(null);
  return (
    <Dialog title="Log in again" onClose={() => undefined} closable={false} initialFocus={password}>
      <div className="sign-in">
        <p className="lead" role="status">
          {ENDED_WORDS[ended]}
        </p>
        <LogInForm username={me.username} onUsername={() => undefined} nameFixed passwordField={password} />
        <p className="actions">
          <button type="button" className="textual" onClick={() => location.reload()}>
            Somebody else?
          </button>
        </p>
      </div>
    </Dialog>
  );
}
