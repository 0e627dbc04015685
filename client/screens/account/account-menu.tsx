/** Oneself, at the foot of the rail: theme, account, the way out. */
import { ChevronUp, LogOut, UserCog } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLocation } from "wouter";
import { ConfirmDialog } from "../../components/dialog.js";
import { Face } from "../../components/face.js";
import { Menu, MenuChoice, MenuItem } from "../../components/menu.js";
import { useClient, useMe, useStore } from "../../hooks/chat-context.js";
import { useDrafts } from "../../hooks/kept.js";
import { useLocalSetting } from "../../hooks/local-setting.js";
import { themeSetting } from "../../hooks/settings.js";
import { useTask } from "../../hooks/use-task.js";
import type { RoomState } from "../../sdk/types.js";

const AccountDialog = lazy(() => import("./account-dialog.js"));

const THEMES = [
  ["system", "Like the system"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

export function AccountMenu() {
  const me = useMe();
  const theme = useLocalSetting(themeSetting);
  const live = useStore((state) => state.connection.kind === "live");
  const [layer, setLayer] = useState<"account" | "log-out" | null>(null);
  const logOut = useLogOut();
  const status = live ? "online" : "offline";

  return (
    <>
      <Menu
        label="Your account"
        wordy
        className="me"
        placement="top-start"
        button={
          <>
            <Face user={me} status={status} />
            <span className="who">
              <b dir="auto">{me.displayName}</b>
              <span className="only-heard">Your account, </span>
              <small>{live ? "Online" : "Offline"}</small>
            </span>
            <ChevronUp size={16} aria-hidden="true" />
          </>
        }
      >
        <MenuChoice
          name="theme"
          heading="Theme"
          options={THEMES}
          value={theme}
          onChange={(value) => themeSetting.set(value)}
        />
        <hr />
        <MenuItem icon={<UserCog size={16} aria-hidden="true" />} onSelect={() => setLayer("account")}>
          Your account
        </MenuItem>
        <MenuItem
          icon={<LogOut size={16} aria-hidden="true" />}
          onSelect={() => (logOut.unsent > 0 ? setLayer("log-out") : void logOut.run())}
        >
          Log out
        </MenuItem>
      </Menu>
      <p className="err" role="alert">
        {layer === null && logOut.problem}
      </p>
      {layer === "account" && (
        <Suspense>
          <AccountDialog onClose={() => setLayer(null)} />
        </Suspense>
      )}
      {layer === "log-out" && (
        <ConfirmDialog
          title="Log out?"
          confirm="Log out and lose them"
          busy={logOut.busy}
          error={logOut.problem}
          onConfirm={() => void logOut.run()}
          onClose={() => setLayer(null)}
        >
          {logOut.unsent === 1 ? "One message has" : `${logOut.unsent} messages have`} not been sent yet.
        </ConfirmDialog>
      )}
    </>
  );
}

/** Logs out and takes this account's drafts out of the browser. */
function useLogOut() {
  const client = useClient();
  const drafts = useDrafts();
  const [, navigate] = useLocation();
  const task = useTask();
  const rooms = useStore((state) => state.rooms);
  const unsent = [...(rooms?.values() ?? [])].reduce((sum, room) => sum + pendingIn(room), 0);
  const run = () =>
    task.run(async () => {
      await client.logOut();
      drafts.wipe();
      // Whoever logs in next begins at the beginning, not in a room that may not be theirs.
      navigate("/");
    });
  return { run, unsent, busy: task.busy, problem: task.problem?.message ?? null };
}

const pendingIn = (room: RoomState) => room.rows.filter((row) => row.kind === "pending").length;
