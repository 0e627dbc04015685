import { ChevronLeft, EllipsisVertical, LogOut, Settings, Users } from "lucide-react";
import { useState, type Ref } from "react";
import { Link, useLocation } from "wouter";
import type { Notify } from "../../../src/protocol/shapes.js";
import { useAnnounce } from "../../components/announcer.js";
import { Menu, MenuChoice, MenuItem } from "../../components/menu.js";
import { RoomGlyph } from "../../components/room-glyph.js";
import { useClient } from "../../hooks/chat-context.js";
import { NARROW, useMedia } from "../../hooks/use-media.js";
import { useTask } from "../../hooks/use-task.js";
import { roomPath } from "../../logic/paths.js";
import { mayArchive, mayDescribe, mayLeave } from "../../logic/permissions.js";
import { roomName } from "../../logic/room-list.js";
import type { RoomState } from "../../sdk/types.js";
import { LeaveDialog } from "./leave-dialog.js";
import { SettingsDialog } from "./settings-dialog.js";

const NOTIFY = [
  ["all", "Every message"],
  ["mentions", "Mentions only"],
  ["none", "Nothing"],
] as const satisfies readonly (readonly [Notify, string])[];

/** A room's name and topic, the way to its people, and what can be done with it. */
export function RoomHeader({
  room,
  withMembers,
  headingRef,
}: {
  room: RoomState;
  withMembers: boolean;
  headingRef: Ref<HTMLHeadingElement>;
}) {
  const client = useClient();
  const announce = useAnnounce();
  const narrow = useMedia(NARROW);
  const [, navigate] = useLocation();
  const notify = useTask();
  const [layer, setLayer] = useState<"settings" | "leave" | null>(null);
  const { room: facts, membership } = room.view;
  const role = membership?.role ?? "member";
  const name = roomName(room);
  const people = `${facts.memberCount} ${facts.memberCount === 1 ? "member" : "members"}`;

  const choose = async (value: Notify) => {
    if (!(await notify.run(() => client.setNotify(facts.id, value)))) announce("That could not be changed.");
  };

  return (
    <header>
      <Link href="/" className="tool back" aria-label="Back to the rooms">
        <ChevronLeft size={20} aria-hidden="true" />
      </Link>
      <h1 ref={headingRef} tabIndex={-1} title={facts.topic === "" ? name : `${name}: ${facts.topic}`}>
        <RoomGlyph kind={facts.kind} />
        <span className="name" dir="auto">
          {name}
        </span>
      </h1>
      <span className="topic" dir="auto" title={facts.topic}>
        {facts.topic}
      </span>
      <button
        type="button"
        className="tool"
        aria-label={`People, ${people}`}
        aria-expanded={withMembers}
        title="People"
        // Where the people take the room's place they are a step that Back undoes.
        onClick={() => navigate(roomPath(facts.id, !withMembers), { replace: !narrow })}
      >
        <Users size={17} aria-hidden="true" /> {facts.memberCount}
      </button>
      <Menu label="About this room" button={<EllipsisVertical size={17} aria-hidden="true" />}>
        {membership !== null && (
          <MenuChoice
            name="notify"
            heading="Tell me about"
            options={NOTIFY}
            value={membership.notify}
            onChange={(value) => void choose(value)}
          />
        )}
        {(mayDescribe(role, facts) || mayArchive(role, facts) || mayLeave(facts)) && <hr />}
        {(mayDescribe(role, facts) || mayArchive(role, facts)) && (
          <MenuItem icon={<Settings size={16} aria-hidden="true" />} onSelect={() => setLayer("settings")}>
            Room settings
          </MenuItem>
        )}
        {mayLeave(facts) && (
          <MenuItem danger icon={<LogOut size={16} aria-hidden="true" />} onSelect={() => setLayer("leave")}>
            Leave room
          </MenuItem>
        )}
      </Menu>
      {layer === "settings" && <SettingsDialog room={room} onClose={() => setLayer(null)} />}
      {layer === "leave" && <LeaveDialog room={room} onClose={() => setLayer(null)} />}
    </header>
  );
}
