import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { ChatError } from "../../../src/protocol/errors.js";
import { Face } from "../../components/face.js";
import { ErrorBoundary } from "../../components/error-boundary.js";
import { timelineItems } from "../../logic/timeline-items.js";
import type { Row } from "../../sdk/types.js";
import { createFakeClient, type FakeClient } from "../../testing/fake-client.js";
import { renderWith } from "../../testing/render.js";
import { line, message, pendingRow, roomState, user } from "../../testing/shapes.js";
import { FailedBar } from "../room/failed-bar.js";
import { TimelineRow } from "./timeline-row.js";

const ROOM = "harbour-works";
const users = new Map([["ines", user("ines", "Ines Okafor")]]);

function setUp(rows: Row[]): FakeClient {
  const client = createFakeClient({ users, rooms: new Map([[ROOM, roomState({ id: ROOM }, rows)]]) });
  renderWith(
    client,
    <>
      <textarea id="composer" />
      {timelineItems(rows, "mara").map((item) => (
        <TimelineRow key={item.key} item={item} roomId={ROOM} reachable onFocusRow={() => undefined} />
      ))}
    </>,
  );
  return client;
}
const failed = (key: string) => pendingRow(key, "the seal kit", { kind: "failed", code: "forbidden", detail: "" });

describe("comings and goings", () => {
  it("that follow each other are one article of one sentence", () => {
    const goes = (kind: "join" | "leave", seq: number, who: string) =>
      line({ kind, seq, senderId: who, userId: who, sentAt: "2026-11-20T09:12:00.000Z" });
    setUp([goes("join", 2, "ines"), goes("join", 3, "stranger"), goes("leave", 4, "stranger")]);

    const name = screen.getByRole("article").getAttribute("aria-label");
    expect(name).toMatch(/^Ines Okafor joined, Somebody came and went, /);
  });
});

describe("a face", () => {
  it.each([
    ["__Ace__", "A"],
    ["élan", "É"],
    ["[42]", "4"],
    ["~^", "~"],
  ])("of %s shows %s", (displayName, initial) => {
    const { container } = render(<Face user={{ id: "u", displayName }} />);

    expect(container.textContent).toBe(initial);
  });
});

describe("a message", () => {
  it("is one article, read as author, time and text", () => {
    setUp([message(1, "ines", "Tide table is up.", { sentAt: "2026-11-20T09:12:00.000Z" })]);

    const name = screen.getByRole("article").getAttribute("aria-label");
    expect(name).toMatch(/^Ines Okafor, .*, Tide table is up\.$/);
    expect(document.querySelector("time")?.dateTime).toBe("2026-11-20T09:12:00.000Z");
    expect(document.querySelector("time")?.title).toContain("2026");
  });

  it("leaves a mark where it was deleted", () => {
    setUp([message(1, "ines", "", { deletedAt: "2026-11-20T09:12:00.000Z" })]);

    expect(screen.getByText("This message was deleted.")).toBeTruthy();
  });

  it("that cannot be drawn says so and leaves the others alone", () => {
    const quiet = console.error;
    console.error = () => undefined;
    const Broken = () => {
      throw new Error("broken on purpose");
    };
    try {
      render(
        <>
          <ErrorBoundary fallback={<p>This message could not be shown.</p>}>
            <Broken />
          </ErrorBoundary>
          <p>the next one</p>
        </>,
      );
    } finally {
      console.error = quiet;
    }

    expect(screen.getByText("This message could not be shown.")).toBeTruthy();
    expect(screen.getByText("the next one")).toBeTruthy();
  });

  it("that is long begins folded and opens", async () => {
    setUp([message(1, "ines", "line\n".repeat(60))]);

    await userEvent.click(screen.getByRole("button", { name: "Show all of it" }));

    expect(screen.getByRole("button", { name: "Show less" }).getAttribute("aria-expanded")).toBe("true");
  });
});

describe("[L7] a message on its way", () => {
  it("says that it is being sent, and that it is still being tried", () => {
    setUp([
      pendingRow("p1", "one", { kind: "sending" }),
      pendingRow("p2", "two", { kind: "stillTrying", retryAt: Date.now() + 12_000 }),
    ]);

    expect(screen.getByText("◌ sending")).toBeTruthy();
    expect(screen.getByText(/still trying, again in 1[12] s/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Discard" })).toBeNull();
  });

  it("that failed can be tried again, and the focus goes where one writes", async () => {
    const client = setUp([failed("p1")]);

    await userEvent.click(screen.getByRole("button", { name: "Try again" }));

    expect(client.calls.retry).toEqual([[ROOM, "p1"]]);
    expect(document.activeElement?.id).toBe("composer");
  });

  it("that failed can be discarded, and the focus is not lost with it", async () => {
    const client = setUp([failed("p1")]);

    await userEvent.click(screen.getByRole("button", { name: "Discard" }));

    expect(client.calls.discard).toEqual([[ROOM, "p1"]]);
    expect(document.activeElement?.id).toBe("composer");
  });

  it("says why the server would not have it", () => {
    setUp([pendingRow("p1", "x", { kind: "failed", code: "forbidden", detail: "You are not in this room." })]);

    expect(screen.getByRole("alert").textContent).toBe("Not sent: You are not in this room.");
  });
});

describe("several failed messages", () => {
  const bar = (rows: Row[], patch: Parameters<typeof createFakeClient>[0] = {}) => {
    const room = roomState({ id: ROOM }, rows);
    const client = createFakeClient({ rooms: new Map([[ROOM, room]]), ...patch });
    renderWith(client, <FailedBar room={room} />);
    return client;
  };

  it("have one bar that tries or discards all of them", async () => {
    const client = bar([failed("p1"), failed("p2"), pendingRow("p3", "x", { kind: "sending" })]);

    await userEvent.click(screen.getByRole("button", { name: "Try all again" }));
    await userEvent.click(screen.getByRole("button", { name: "Discard all" }));

    expect(client.calls.retry.map(([, id]) => id)).toEqual(["p1", "p2"]);
    expect(client.calls.discard.map(([, id]) => id)).toEqual(["p1", "p2"]);
  });

  it("have none when it is only one, and none over the connection's banner", () => {
    bar([failed("p1")]);
    expect(screen.queryByText(/have not been sent/)).toBeNull();

    bar([failed("p1"), failed("p2")], { connection: { kind: "refused", since: 0, code: "too_many", detail: "" } });
    expect(screen.queryByText(/have not been sent/)).toBeNull();
  });
});

describe("a hole", () => {
  it("shows what is not loaded, loads it, and says when that failed", async () => {
    const client = setUp([message(4, "ines", "x"), { kind: "hole", key: "h", after: 4, before: 17 }]);
    client.answers.fillHole = () => Promise.reject(new ChatError("unavailable", "No."));
    expect(screen.getByText("12 entries are not loaded.")).toBeTruthy();

    await userEvent.click(screen.getByRole("button", { name: "Load them" }));

    expect(client.calls.fillHole).toEqual([[ROOM, 4]]);
    expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
    await act(async () => undefined);
  });
});
