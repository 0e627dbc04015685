import { Dialog } from "../../components/dialog.js";
import { useLocalSetting } from "../../hooks/local-setting.js";
import { enterSetting } from "../../hooks/settings.js";
import { NameForm } from "./name-form.js";
import { PasswordForm } from "./password-form.js";
import { Sessions } from "./sessions.js";

/** Everything about one's own account: name, writing, password, where one is logged in. */
export default function AccountDialog({ onClose }: { onClose: () => void }) {
  const enter = useLocalSetting(enterSetting);
  return (
    <Dialog title="Your account" onClose={onClose} large>
      <NameForm />
      <section>
        <h2>Writing</h2>
        <label className="choice">
          <input
            type="checkbox"
            checked={enter === "sends"}
            onChange={(event) => enterSetting.set(event.target.checked ? "sends" : "new-line")}
          />
          <span>
            Enter sends the message
            <small>Shift+Enter makes a new line; Ctrl+Enter sends either way.</small>
          </span>
        </label>
      </section>
      <PasswordForm />
      <Sessions />
    </Dialog>
  );
}
