import { EllipsisVertical, UserMinus } from "lucide-react";
import { useState } from "react";
import type { Member, MemberRole } from "../../../src/protocol/shapes.js";
import { useAnnounce } from "../../components/announcer.js";
import { ConfirmDialog } from "../../components/dialog.js";
import { Face } from "../../components/face.js";
import { Menu, MenuChoice, MenuItem } from "../../components/menu.js";
import { useClient, useMe } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";
import { mayChangeRoles, mayRemove } from "../../logic/permissions.js";
import { roomName } from "../../logic/room-list.js";
import type { RoomState } from "../../sdk/types.js";
import { formatAgo } from "../../text/days.js";

const ROLES = [
  ["owner", "Owner"],
  ["moderator", "Moderator"],
  ["member", "Member"],
] as const satisfies readonly (readonly [MemberRole, string])[];

/** One member, with what one's own role lets one do about them. */
export function Person({ member, room }: { member: Member; room: RoomState }) {
  const client = useClient();
  const me = useMe();
  const announce = useAnnounce();
  const role = useTask();
  const removal = useTask();
  const [asking, setAsking] = useState(false);
  const { user, membership, presence } = member;
  const roomId = room.view.room.id;
  const mine = room.view.membership?.role ?? "member";
  const changeable = mayChangeRoles(mine, room.view.room);
  const removable = user.id !== me.id && mayRemove(mine, membership.role, room.view.room);

  const choose = async (value: MemberRole) => {
    if (value === membership.role) return;
    const done = await role.run(() => client.putMember(roomId, user.id, value));
    if (done) announce(`${user.displayName} is now ${value}.`);
  };
  return (
    <li className="person">
      <Face user={user} status={presence.status} />
      <div>
        <div className="name" dir="auto" title={`@${user.username}`}>
          {user.displayName}
        </div>
        <small>{aside(member, user.id === me.id)}</small>
        <p className="err" role="alert">
          {role.problem?.message}
        </p>
      </div>
      {(changeable || removable) && (
        <Menu label={`About ${user.displayName}`} button={<EllipsisVertical size={16} aria-hidden="true" />}>
          {changeable && (
            <MenuChoice
              name={`role-${user.id}`}
              heading="Role"
              options={ROLES}
              value={membership.role}
              onChange={(value) => void choose(value)}
            />
          )}
          {changeable && removable && <hr />}
          {removable && (
            <MenuItem danger icon={<UserMinus size={16} aria-hidden="true" />} onSelect={() => setAsking(true)}>
              Remove from room
            </MenuItem>
          )}
        </Menu>
      )}
      {asking && (
        <ConfirmDialog
          title={`Remove ${user.displayName}?`}
          confirm={removal.busy ? "Removing…" : "Remove"}
          busy={removal.busy}
          error={removal.problem?.message}
          onConfirm={() =>
            void removal.run(async () => {
              await client.removeMember(roomId, user.id);
              setAsking(false);
            })
          }
          onClose={() => setAsking(false)}
        >
          They no longer see {roomName(room)}; what they wrote stays.
        </ConfirmDialog>
      )}
    </li>
  );
}

/** Presence in words for those who do not see the dot's colour, then the role, then when somebody was last here. */
function aside({ membership, presence }: Member, isMe: boolean): string {
  const words: string[] = [presence.status];
  if (isMe) words.push("you");
  if (membership.role !== "member") words.push(membership.role);
  if (presence.status === "offline" && presence.lastSeenAt !== null) {
    words.push(`last seen ${formatAgo(new Date(presence.lastSeenAt), Date.now())}`);
  }
  return words.join(" · ");
}
