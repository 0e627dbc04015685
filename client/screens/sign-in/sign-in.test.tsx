import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { ChatError } from "../../../src/protocol/errors.js";
import type { ServerInfo } from "../../../src/protocol/shapes.js";
import { createFakeClient } from "../../testing/fake-client.js";
import { renderWith } from "../../testing/render.js";
import { SignInCard } from "./sign-in-card.js";

const named = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });
const password = () => screen.getByLabelText<HTMLInputElement>("Password");
const alerts = () =>
  screen
    .getAllByRole("alert")
    .map((alert) => alert.textContent)
    .filter(Boolean);

function setUp(first: "register" | "log-in", registration: ServerInfo["registration"] = "open") {
  const server = { registration } as ServerInfo;
  const client = createFakeClient({ server });
  renderWith(client, <SignInCard first={first} ended={null} />);
  return client;
}

describe("registering", () => {
  it("says what is wrong at each field before asking the server, and goes to the first", async () => {
    const client = setUp("register");

    await userEvent.type(named("Username"), "ma");
    await userEvent.click(screen.getByRole("button", { name: "Create account" }));

    expect(alerts()).toEqual(["At least 3 of a to z, 0 to 9, dot, dash or underscore.", "At least 8 characters."]);
    expect(named("Username").getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(named("Username"));
    expect(client.calls.register).toEqual([]);
  });

  it("takes its words back as soon as a field is right", async () => {
    setUp("register");
    await userEvent.type(named("Username"), "ma");
    expect(alerts()).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Create account" }));

    await userEvent.type(named("Username"), "ra");

    expect(alerts()).toEqual(["At least 8 characters."]);
    expect(named("Username").getAttribute("aria-invalid")).toBeNull();
  });

  it("shows the server's words at the fields they are about", async () => {
    const client = setUp("register");
    client.answers.register = () =>
      Promise.reject(
        new ChatError("invalid_request", "Not valid.", {
          fields: [{ path: "password", message: "This password is on every list." }],
        }),
      );

    await userEvent.type(named("Username"), "mara");
    await userEvent.type(password(), "password1");
    await userEvent.click(screen.getByRole("button", { name: "Create account" }));

    await waitFor(() => expect(alerts()).toEqual(["This password is on every list."]));
    expect(named("Username").value).toBe("mara");
  });

  it("says at the name that it is taken", async () => {
    const client = setUp("register");
    client.answers.register = () => Promise.reject(new ChatError("username_taken", "Taken."));

    await userEvent.type(named("Username"), "mara");
    await userEvent.type(password(), "correct horse");
    await userEvent.click(screen.getByRole("button", { name: "Create account" }));

    await waitFor(() => expect(alerts()).toEqual(["This name is taken. Choose another one."]));
    expect(named("Username").getAttribute("aria-invalid")).toBe("true");
  });

  it("sends no display name when none was typed", async () => {
    const client = setUp("register");

    await userEvent.type(named("Username"), "mara");
    await userEvent.type(password(), "correct horse");
    await userEvent.click(screen.getByRole("button", { name: "Create account" }));

    expect(client.calls.register).toEqual([[{ username: "mara", password: "correct horse" }]]);
  });

  it("says that a closed server takes nobody, and still lets its very first person in", async () => {
    setUp("register", "closed");

    expect(screen.getByText(/takes no new accounts/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "I have just set this server up" }));
    expect(screen.getByRole("button", { name: "Create account" })).toBeTruthy();
  });
});

describe("logging in", () => {
  it("does not say which part was wrong, and keeps the name", async () => {
    const client = setUp("log-in");
    client.answers.logIn = () => Promise.reject(new ChatError("invalid_credentials", "No such user."));

    await userEvent.type(named("Username"), "mara");
    await userEvent.type(password(), "wrong");
    await userEvent.click(screen.getByRole("button", { name: "Log in" }));

    await waitFor(() => expect(alerts()).toEqual(["Wrong username or password."]));
    expect(named("Username").value).toBe("mara");
    expect(document.activeElement).toBe(password());
  });

  it("says when another try makes sense, and offers none before", async () => {
    const client = setUp("log-in");
    client.answers.logIn = () => Promise.reject(new ChatError("rate_limited", "Slow.", { retryAfterMs: 42_000 }));

    await userEvent.type(named("Username"), "mara");
    await userEvent.type(password(), "guess");
    await userEvent.click(screen.getByRole("button", { name: "Log in" }));

    expect(await screen.findByText("You can try again in 42 s.")).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Log in" }).disabled).toBe(true);
  });
});

describe("the form", () => {
  it("helps password managers", async () => {
    setUp("register");
    expect(named("Username").autocomplete).toBe("username");
    expect(password().autocomplete).toBe("new-password");

    await userEvent.click(screen.getByRole("tab", { name: "Log in" }));
    expect(password().autocomplete).toBe("current-password");
  });

  it("shows and hides what was typed as password", async () => {
    setUp("log-in");
    expect(password().type).toBe("password");

    await userEvent.click(screen.getByRole("button", { name: "Show password" }));
    expect(password().type).toBe("text");

    await userEvent.click(screen.getByRole("button", { name: "Hide password" }));
    expect(password().type).toBe("password");
  });

  it("keeps the name when the tab changes, by keyboard too", async () => {
    setUp("register");
    await userEvent.type(named("Username"), "mara");

    screen.getByRole("tab", { name: "Register" }).focus();
    await userEvent.keyboard("{ArrowRight}");

    const tab = screen.getByRole("tab", { name: "Log in" });
    expect(document.activeElement).toBe(tab);
    expect(tab.getAttribute("aria-selected")).toBe("true");
    expect(within(screen.getByRole("tabpanel")).getByRole<HTMLInputElement>("textbox").value).toBe("mara");
  });
});
