/** The panel of the live connection: connect, choose a room for the examples, watch what arrives. */
import { h } from "./dom.js";
import { createLive } from "./live.js";
import { callApi } from "./session.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./live.js").Happening} Happening */
/** @typedef {import("./live.js").LiveState} LiveState */

/** Older ones are let go. */
const SHOWN_MAX = 200;
const ARROWS = { sent: "↑", ack: "↩", push: "↓" };
const WORDS = { sent: "sent", ack: "ack of", push: "arrived:" };

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/**
 * @param {HTMLElement} place
 * @param {Session} session
 * @param {{ onRoom: (roomId: string) => void, onState: (isOn: boolean) => void }} events - `onRoom`: the room that the
 *   examples are to be about
 */
export function showLive(place, session, { onRoom, onState }) {
  const status = h("p", { role: "status" });
  const toggle = h("button", {
    type: "button",
    class: "primary",
    onclick: () => (live.isOn() || isTrying ? live.disconnect() : live.connect()),
  });
  const rooms = h("select", { onchange: () => onRoom(rooms.value) });
  const roomLabel = h("label", { class: "room", hidden: true }, h("span", {}, "Room for the examples"), rooms);
  const list = h("ol");
  const empty = h(
    "p",
    { class: "hint" },
    "Nothing yet. Connect, then send something from one of the events, or let somebody write in one of your rooms.",
  );
  const clear = h("button", { type: "button", hidden: true, onclick: () => clearList() }, "Clear");
  let isTrying = false;
  let isIn = false;

  function clearList() {
    list.replaceChildren();
    clear.hidden = true;
    empty.hidden = false;
    toggle.focus();
  }

  function add(/** @type {Happening} */ { direction, event, data, at }) {
    empty.hidden = true;
    clear.hidden = false;
    const isFailed = direction === "ack" && !(/** @type {{ ok: boolean }} */ (data).ok);
    list.prepend(
      h(
        "li",
        { class: isFailed ? "failed" : direction },
        h(
          "details",
          { open: direction !== "sent" },
          h(
            "summary",
            {},
            h("span", { "aria-hidden": "true", class: "arrow" }, ARROWS[direction]),
            h("span", { class: "visually-hidden" }, `${WORDS[direction]} `),
            h("code", {}, event),
            " ",
            h("time", { datetime: at.toISOString() }, time.format(at)),
          ),
          h(
            "pre",
            { tabindex: "0", role: "group", "aria-label": `${event} at ${time.format(at)}` },
            JSON.stringify(data, null, 2),
          ),
        ),
      ),
    );
    while (list.children.length > SHOWN_MAX) list.lastElementChild?.remove();
  }

  async function loadRooms() {
    const token = await session.token();
    if (token === null) return;
    try {
      const answer = await callApi("GET", "/rooms", { token });
      const { rooms: views } = /** @type {{ rooms: import("../../protocol/shapes.js").RoomView[] }} */ (answer);
      const options = views.map(({ room, peers }) =>
        h(
          "option",
          { value: room.id },
          room.name === null ? peers.map(({ displayName }) => displayName).join(", ") : `#${room.name}`,
        ),
      );
      rooms.replaceChildren(...options);
      roomLabel.hidden = options.length === 0;
      if (options.length > 0) onRoom(rooms.value);
    } catch {
      // Without the list the examples keep their own room; what is typed in works all the same.
      roomLabel.hidden = true;
    }
  }

  function draw(/** @type {LiveState} */ state) {
    isTrying = state.kind === "connecting";
    place.dataset["live"] = state.kind;
    toggle.textContent = state.kind === "off" ? "Connect" : "Disconnect";
    toggle.disabled = state.kind === "off" && !isIn;
    if (state.kind === "on") status.textContent = `Connected, over ${state.transport}.`;
    else if (state.kind === "connecting") status.textContent = "Connecting…";
    else status.textContent = isIn ? state.why : "Log in above to connect.";
    onState(state.kind === "on");
    if (state.kind === "on") void loadRooms();
  }

  const live = createLive({ session, onState: draw, onHappening: add });
  draw({ kind: "off", why: "Not connected." });
  session.subscribe((state) => {
    const wasIn = isIn;
    isIn = state.kind === "in" || state.kind === "away";
    if (wasIn !== isIn && !live.isOn()) draw({ kind: "off", why: "Not connected." });
  });
  place.replaceChildren(
    h("div", { class: "live-head" }, h("h2", { id: "live-title" }, "Live"), toggle),
    status,
    roomLabel,
    h(
      "div",
      { class: "live-log" },
      empty,
      h("div", { class: "scroll", role: "log", "aria-label": "What happens on the connection", tabindex: "0" }, list),
      clear,
    ),
  );
  return live;
}
