import { useRef } from "react";
import { useLocation } from "wouter";
import { ConfirmDialog } from "../../components/dialog.js";
import { useClient } from "../../hooks/chat-context.js";
import { useTask } from "../../hooks/use-task.js";
import { roomName } from "../../logic/room-list.js";
import type { RoomState } from "../../sdk/types.js";

/** Asks before leaving, and says what it takes to come back. */
export function LeaveDialog({ room, onClose }: { room: RoomState; onClose: () => void }) {
  const client = useClient();
  const task = useTask();
  const left = useRef(false);
  const [, navigate] = useLocation();
  const { id, kind } = room.view.room;
  const leave = () =>
    task.run(async () => {
      await client.leaveRoom(id);
      left.current = true;
      onClose();
      navigate("/", { replace: true });
    });
  return (
    <ConfirmDialog
      title={`Leave ${roomName(room)}?`}
      confirm={task.busy ? "Leaving…" : "Leave room"}
      busy={task.busy}
      error={task.problem?.message}
      focusReturns={() => !left.current}
      onConfirm={() => void leave()}
      onClose={onClose}
    >
      {kind === "private"
        ? "You can come back only when somebody in it invites you again."
        : "You can join again whenever you like; what was written stays."}
    </ConfirmDialog>
  );
}
