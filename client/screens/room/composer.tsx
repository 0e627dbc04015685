/** Where a message is written. What is in it survives everything but a logout. */
import { SendHorizontal } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { LIMITS } from "../../../src/protocol/limits.js";
import { normalizeText, problemInText } from "../../../src/protocol/text.js";
import { useClient } from "../../hooks/chat-context.js";
import { useDrafts } from "../../hooks/kept.js";
import { useLocalSetting } from "../../hooks/local-setting.js";
import { enterSetting } from "../../hooks/settings.js";
import { TOUCH, useMedia } from "../../hooks/use-media.js";

/** From here on the characters left are counted. */
const COUNT_FROM = LIMITS.messageTextMax * 0.9;
const MAX = LIMITS.messageTextMax;

/** Puts the focus where one writes: for whoever takes away the thing that had it. */
export function focusComposer() {
  document.querySelector<HTMLElement>("#composer")?.focus();
}

export function Composer({
  roomId,
  placeholder,
  autoFocus,
}: {
  roomId: string;
  placeholder: string;
  autoFocus: boolean;
}) {
  const client = useClient();
  const drafts = useDrafts();
  const touch = useMedia(TOUCH);
  const enterSends = useLocalSetting(enterSetting) === "sends" && !touch;
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => drafts.get(roomId));

  const normal = normalizeText(text);
  const left = MAX - normal.length;
  const problem = problemInText(normal);
  const sendable = normal !== "" && left >= 0 && problem === null;

  useEffect(() => {
    const node = field.current;
    if (!autoFocus || node === null) return;
    node.focus({ preventScroll: true });
    node.setSelectionRange(node.value.length, node.value.length);
  }, [autoFocus]);
  useGrowing(field, text);

  const write = (value: string) => {
    setText(value);
    drafts.set(roomId, value);
  };
  const send = () => {
    if (!sendable) return;
    client.send(roomId, normal);
    write("");
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // During composition Enter chooses a word; Safari reports its end first and then the key, with the code 229.
    if (event.key !== "Enter" || event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return;
    if (event.defaultPrevented || event.shiftKey || event.altKey) return;
    if (!enterSends && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    send();
  };

  return (
    <div className="foot-room">
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          id="composer"
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-describedby="composer-words"
          aria-invalid={left < 0 || problem !== null ? true : undefined}
          enterKeyHint={enterSends ? "send" : "enter"}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button className="send" disabled={!sendable} onPointerDown={(event) => event.preventDefault()}>
          <SendHorizontal size={16} aria-hidden="true" /> Send
        </button>
      </form>
      <div className="under" id="composer-words">
        <span role="alert" className="over">
          {left < 0 ? `Too long: at most ${MAX.toLocaleString()} characters.` : problem}
        </span>
        {normal.length >= COUNT_FROM && (
          <span className={left < 0 ? "count over" : "count"}>
            {left.toLocaleString()} <span className="only-heard">characters left</span>
          </span>
        )}
      </div>
    </div>
  );
}

/** Lets the field grow with its text where the browser's `field-sizing` does not. */
function useGrowing(fieldRef: RefObject<HTMLTextAreaElement | null>, text: string) {
  useLayoutEffect(() => {
    const node = fieldRef.current;
    if (node === null || globalThis.CSS?.supports?.("field-sizing", "content")) return;
    node.style.height = "auto";
    node.style.height = `${node.scrollHeight}px`;
  }, [fieldRef, text]);
}
