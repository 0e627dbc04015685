import { jest } from "@jest/globals";
import { act, fireEvent, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { QUIET_MS } from "../hooks/link.js";
import type { Connection } from "../sdk/types.js";
import { createFakeClient } from "../testing/fake-client.js";
import { renderWith } from "../testing/render.js";
import { ConnectionBanner } from "./connection-banner.js";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const offline = (inMs: number | null): Connection => ({
  kind: "offline",
  since: Date.now(),
  retryAt: inMs === null ? null : Date.now() + inMs,
});
const said = () => screen.queryByText(/No connection/);
const news = () => screen.getByLabelText("News").textContent;

function setUp(besides?: ReactNode) {
  const client = createFakeClient();
  renderWith(
    client,
    <>
      <ConnectionBanner />
      {besides}
    </>,
  );
  const become = (connection: Connection) => act(() => client.set({ connection }));
  const pass = (ms: number) => act(() => jest.advanceTimersByTime(ms));
  return { client, become, pass };
}

describe("the connection's banner", () => {
  it("says nothing of a break shorter than two seconds", () => {
    const { become, pass } = setUp();

    become(offline(1_000));
    pass(QUIET_MS - 100);
    expect(said()).toBeNull();
    become({ kind: "live", since: Date.now() });
    pass(QUIET_MS);

    expect(said()).toBeNull();
    expect(news()).toBe("");
  });

  it("comes after two seconds, also when several tries lie in them", () => {
    const { become, pass } = setUp();

    become(offline(500));
    pass(900);
    become({ kind: "connecting", since: Date.now() });
    pass(900);
    become(offline(9_000));
    pass(300);

    expect(screen.getByRole("alert").textContent).toContain("No connection");
  });

  it("counts down to the next try without reading the numbers out", () => {
    const { become, pass } = setUp();
    become(offline(10_000));
    pass(QUIET_MS);

    expect(screen.getByText("Next try in 8 s.")).toBeTruthy();
    pass(3_000);
    expect(screen.getByText("Next try in 5 s.").closest("[role=alert]")).toBeNull();
  });

  it("tries at once when asked", () => {
    const { client, become, pass } = setUp();
    become(offline(60_000));
    pass(QUIET_MS);

    fireEvent.click(screen.getByRole("button", { name: "Retry now" }));

    expect(client.calls.retryNow).toHaveLength(1);
  });

  it("keeps the focus on its button through the try, and hands it on when the connection is back", () => {
    const { become, pass } = setUp(<textarea id="composer" />);
    become(offline(60_000));
    pass(QUIET_MS);
    const button = screen.getByRole("button", { name: "Retry now" });
    button.focus();

    become({ kind: "connecting", since: Date.now() });
    become(offline(60_000));
    expect(document.activeElement).toBe(button);
    become({ kind: "live", since: Date.now() });
    pass(50);

    expect(document.activeElement?.id).toBe("composer");
  });

  it("goes when the connection is back, and says so politely", () => {
    const { become, pass } = setUp();
    become(offline(60_000));
    pass(QUIET_MS);

    become({ kind: "live", since: Date.now() });

    expect(said()).toBeNull();
    expect(news()).toBe("Back online.");
  });

  it("says at once why the server does not want this page back", () => {
    const { become } = setUp();

    become({ kind: "refused", since: Date.now(), code: "too_many", detail: "" });

    expect(screen.getByRole("alert").textContent).toContain("open in too many places");
  });
});
