import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { ChatError } from "../../src/protocol/errors.js";
import { createFakeClient, type FakeClient } from "../testing/fake-client.js";
import { me, roomState } from "../testing/shapes.js";
import { App } from "./app.js";

// The shell is fetched when it is needed; here that must not count against the tests.
beforeAll(() => import("./shell/index.js"), 60_000);
beforeEach(() => localStorage.clear());

const rooms = () => new Map(["yard", "crew"].map((id) => [id, roomState({ id })]));

function open(client: FakeClient, path: string) {
  const { hook, history } = memoryLocation({ path, record: true });
  render(
    <Router hook={hook}>
      <App client={client} />
    </Router>,
  );
  return history;
}
const signedIn = () => createFakeClient({ account: { kind: "signedIn", me: me() }, rooms: rooms() });

describe("the page", () => {
  it("asks who one is when nobody is logged in, and says when a session was ended", async () => {
    open(createFakeClient({ account: { kind: "signedOut", ended: "revoked" } }), "/r/yard");

    expect(screen.getByRole("tab", { name: "Log in" }).getAttribute("aria-selected")).toBe("true");
    expect(screen.getByText(/This session was ended/)).toBeTruthy();
  });

  it("has one wording for rooms that are not there and rooms that are not ours", async () => {
    open(signedIn(), "/r/nowhere");

    expect(await screen.findByRole("heading", { name: "There is no such room, or you are not in it" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "Back to your rooms" }).getAttribute("href")).toBe("/");
  });

  it("offers a room to make or to find where there is none", async () => {
    open(createFakeClient({ account: { kind: "signedIn", me: me() }, rooms: new Map() }), "/");

    expect(await screen.findByRole("heading", { name: "Nothing here yet" })).toBeTruthy();
    expect(screen.getAllByRole("button", { name: "Create a room" }).length).toBeGreaterThan(0);
  });

  it("asks for the password over the page when the session ran out, and keeps what was typed", async () => {
    const client = signedIn();
    open(client, "/r/yard");
    await userEvent.type(await screen.findByRole("textbox", { name: "Message #yard" }), "half a thought");

    act(() => client.set({ account: { kind: "signedOut", ended: "expired" } }));
    expect(await screen.findByRole("dialog", { name: "Log in again" })).toBeTruthy();
    await userEvent.type(screen.getByLabelText("Password"), "correct horse");
    await userEvent.click(screen.getByRole("button", { name: "Log in" }));

    const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message #yard" });
    expect(field.value).toBe("half a thought");
    expect(client.calls.logIn).toEqual([[{ username: "mara", password: "correct horse" }]]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("goes through the rooms by Alt and arrows, and types into the composer from anywhere", async () => {
    const history = open(signedIn(), "/r/crew");
    const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message #crew" });

    await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(history.at(-1)).toBe("/r/yard");

    const next = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message #yard" });
    next.blur();
    await userEvent.keyboard("x");
    expect(next.value).toBe("x");
    expect(field.isConnected).toBe(false);
  });

  it("says at the name that a public room has it already", async () => {
    const client = signedIn();
    client.answers.createRoom = () => Promise.reject(new ChatError("conflict", "Taken."));
    open(client, "/r/yard");

    await userEvent.click(await screen.findByRole("button", { name: "Create a room" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Name" }), "crew");
    await userEvent.click(screen.getByRole("button", { name: "Create room" }));

    expect(await screen.findByText("There is a public room of this name. Choose another one.")).toBeTruthy();
    expect(screen.getByRole("textbox", { name: "Name" }).getAttribute("aria-invalid")).toBe("true");
  });

  it("takes the drafts out of the browser at a logout", async () => {
    const client = signedIn();
    open(client, "/r/yard");
    await userEvent.type(await screen.findByRole("textbox", { name: "Message #yard" }), "secret");
    expect(JSON.stringify(localStorage)).toContain("secret");

    await userEvent.click(screen.getByRole("button", { name: /Your account/ }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Log out" }));

    expect(await screen.findByRole("tab", { name: "Log in" })).toBeTruthy();
    expect(JSON.stringify(localStorage)).not.toContain("secret");
  });

  it("says instead of a composer that an archived room is closed", async () => {
    const client = signedIn();
    const archived = roomState({ id: "yard", archivedAt: "2026-11-20T09:00:00.000Z" });
    client.set({ rooms: new Map([["yard", archived]]) });
    open(client, "/r/yard");

    expect(await screen.findByText(/This room is archived/)).toBeTruthy();
    expect(screen.queryByRole("textbox")).toBeNull();
  });
});
