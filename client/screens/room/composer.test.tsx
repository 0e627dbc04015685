import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { LIMITS } from "../../../src/protocol/limits.js";
import { enterSetting } from "../../hooks/settings.js";
import { createFakeClient } from "../../testing/fake-client.js";
import { renderWith } from "../../testing/render.js";
import { roomState } from "../../testing/shapes.js";
import { Composer } from "./composer.js";

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox");
const sendButton = () => screen.getByRole<HTMLButtonElement>("button", { name: "Send" });

function setUp(roomId = "yard") {
  const client = createFakeClient({ rooms: new Map([["yard", roomState({ id: "yard" })]]) });
  const rendered = renderWith(client, <Composer roomId={roomId} placeholder="Message #yard" autoFocus />);
  const sent = () => client.calls.send.map(([, text]) => text);
  return { ...rendered, client, sent };
}

beforeEach(() => {
  localStorage.clear();
  enterSetting.set("sends");
});

describe("the keys", () => {
  it("sends on Enter, empties the field and keeps the focus in it", async () => {
    const { sent } = setUp();

    await userEvent.type(field(), "hello{Enter}");

    expect(sent()).toEqual(["hello"]);
    expect(field().value).toBe("");
    expect(document.activeElement).toBe(field());
  });

  it("breaks the line on Shift+Enter", async () => {
    const { sent } = setUp();

    await userEvent.type(field(), "one{Shift>}{Enter}{/Shift}two");

    expect(sent()).toEqual([]);
    expect(field().value).toBe("one\ntwo");
  });

  it("sends on Ctrl+Enter, also when Enter alone makes a new line", async () => {
    enterSetting.set("new-line");
    const { sent } = setUp();

    await userEvent.type(field(), "one{Enter}two{Control>}{Enter}{/Control}");

    expect(sent()).toEqual(["one\ntwo"]);
  });

  it("never sends while a word is being composed", async () => {
    const { sent } = setUp();
    await userEvent.type(field(), "に");

    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    fireEvent.keyDown(field(), { key: "Enter", keyCode: 229 });

    expect(sent()).toEqual([]);
    expect(field().value).toBe("に");
  });

  it("makes a new line on Enter under fingers, where the button sends", async () => {
    const original = globalThis.matchMedia;
    globalThis.matchMedia = ((query: string) => ({
      matches: query.includes("coarse"),
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    })) as unknown as typeof matchMedia;
    try {
      const { sent } = setUp();

      await userEvent.type(field(), "one{Enter}two");
      expect(sent()).toEqual([]);

      await userEvent.click(sendButton());
      expect(sent()).toEqual(["one\ntwo"]);
    } finally {
      globalThis.matchMedia = original;
    }
  });
});

describe("what can be sent", () => {
  it("is no empty or blank message", async () => {
    const { sent } = setUp();

    await userEvent.type(field(), "   {Enter}");

    expect(sent()).toEqual([]);
    expect(sendButton().disabled).toBe(true);
  });

  it("is trimmed as the server would", async () => {
    const { sent } = setUp();

    await userEvent.type(field(), "  hi  {Enter}");

    expect(sent()).toEqual(["hi"]);
  });

  it("is counted from 90 % on, and beyond the limit neither cut nor sent", () => {
    const { sent } = setUp();
    const write = (length: number) => fireEvent.change(field(), { target: { value: "x".repeat(length) } });

    write(LIMITS.messageTextMax * 0.9 - 1);
    expect(screen.queryByText(/left/)).toBeNull();

    write(LIMITS.messageTextMax);
    expect(screen.getByText(/left/).parentElement?.textContent).toMatch(/^0 /);
    expect(sendButton().disabled).toBe(false);

    write(LIMITS.messageTextMax + 1);
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(sendButton().disabled).toBe(true);
    expect(screen.getByRole("alert").textContent).toContain("Too long");
    expect(field().value).toHaveLength(LIMITS.messageTextMax + 1);
    expect(sent()).toEqual([]);
  });
});

describe("the draft", () => {
  it("is there again after another room and after a reload", async () => {
    const first = setUp();
    await userEvent.type(field(), "half a thought");
    first.unmount();

    const other = setUp("other");
    expect(field().value).toBe("");
    other.unmount();

    setUp();
    expect(field().value).toBe("half a thought");
  });

  it("is gone once it was sent", async () => {
    const first = setUp();
    await userEvent.type(field(), "said{Enter}");
    first.unmount();

    setUp();
    expect(field().value).toBe("");
  });
});
