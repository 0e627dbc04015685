import { Hash, Lock, MessageCircle } from "lucide-react";
import type { RoomKind } from "../../src/protocol/shapes.js";

const KINDS = {
  public: { Icon: Hash, words: "Public room" },
  private: { Icon: Lock, words: "Private room" },
  direct: { Icon: MessageCircle, words: "Direct messages" },
} as const;

/** # for a public room, a lock for a private one; said in words to those who do not see it. */
export function RoomGlyph({ kind, size = 16 }: { kind: RoomKind; size?: number }) {
  const { Icon, words } = KINDS[kind];
  return (
    <>
      <Icon size={size} aria-hidden="true" />
      <span className="only-heard">{words} </span>
    </>
  );
}
