import { useMemo, useState, type ComponentProps, type ReactNode } from "react";
import type { MessageEntry } from "../../../src/protocol/entries.js";
import { Face } from "../../components/face.js";
import { useStore } from "../../hooks/chat-context.js";
import { formatNarrowTime, formatTime, formatWhole } from "../../text/days.js";
import { LinksReachable, RichText } from "../../text/rich-text.js";

type RowAttributes = Omit<ComponentProps<"article">, "children">;

/** A message as the server has it. */
export function MessageRow({
  entry,
  at,
  grouped,
  reachable,
  ...shared
}: RowAttributes & { entry: MessageEntry; at: Date | null; grouped: boolean; reachable: boolean }) {
  return (
    <MessageFrame
      {...shared}
      authorId={entry.senderId}
      at={at ?? new Date(entry.sentAt)}
      grouped={grouped}
      words={entry.deletedAt === null ? entry.text : "Message deleted"}
    >
      <LinksReachable value={reachable}>
        {entry.deletedAt === null ? (
          <MessageText text={entry.text} />
        ) : (
          <span className="gone">This message was deleted.</span>
        )}
      </LinksReachable>
    </MessageFrame>
  );
}

/** What all messages have in common: face, name and time above the first of a group, the time alone beside the others. */
export function MessageFrame({
  authorId,
  at,
  grouped,
  words,
  state = "",
  children,
  ...shared
}: RowAttributes & {
  authorId: string;
  at: Date;
  grouped: boolean;
  /** what a screen reader reads as the message */
  words: string;
  state?: string;
  children: ReactNode;
}) {
  const author = useStore((all) => all.users.get(authorId));
  const name = author?.displayName ?? "…";
  const time = (
    <time dateTime={at.toISOString()} title={formatWhole(at)}>
      {grouped ? formatNarrowTime(at) : formatTime(at)}
    </time>
  );
  return (
    <article {...shared} aria-label={`${name}, ${formatTime(at)}, ${words}`}>
      {grouped ? (
        <div className={`msg more ${state}`}>
          {time}
          <div className="body">{children}</div>
        </div>
      ) : (
        <div className={`msg ${state}`}>
          <Face user={author} />
          <div>
            <span className="who" dir="auto">
              {name}
            </span>
            {time}
            <div className="body">{children}</div>
          </div>
        </div>
      )}
    </article>
  );
}

/** Longer ones begin folded: one message must not push all others out of sight. */
const FOLD_LINES = 24;
const FOLD_LENGTH = 1_800;

/** Texts that were opened stay open while the page lives, also when their row has been scrolled away meanwhile. */
const opened = new Set<string>();

export function MessageText({ text }: { text: string }) {
  const long = useMemo(() => text.length > FOLD_LENGTH || text.split("\n").length > FOLD_LINES, [text]);
  const [open, setOpen] = useState(() => opened.has(text));
  if (!long) return <RichText text={text} />;
  const toggle = () => {
    if (open) opened.delete(text);
    else opened.add(text);
    setOpen(!open);
  };
  return (
    <>
      <div className={open ? undefined : "folded"}>
        <RichText text={text} />
      </div>
      <button type="button" className="textual state" aria-expanded={open} onClick={toggle}>
        {open ? "Show less" : "Show all of it"}
      </button>
    </>
  );
}
