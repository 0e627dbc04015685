/** Sends one client event with a payload that the reader can change, and shows its ack. */
import { h } from "./dom.js";
import { showJson } from "./schema-view.js";

/** @typedef {import("./live.js").Live} Live */
/** @typedef {import("./session.js").Session} Session */

const TOKEN = "<access token>";

/** crypto.randomUUID is there on https alone. */
function newClientId() {
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The example made one's own: the chosen room, a new clientId, from the beginning of the log, one's own token. */
function fill(/** @type {Record<string, unknown>} */ example, /** @type {string | null} */ roomId) {
  const filled = { ...example };
  if (roomId !== null && "roomId" in filled) filled["roomId"] = roomId;
  if ("clientId" in filled) filled["clientId"] = newClientId();
  if (roomId !== null && "heads" in filled) filled["heads"] = { [roomId]: 0 };
  if ("token" in filled) filled["token"] = TOKEN;
  return filled;
}

/**
 * @param {string} event
 * @param {Record<string, unknown>} example - its payload
 * @param {{ live: () => Live, session: Session }} deps
 */
export function createEventForm(event, example, { live, session }) {
  /** @type {string | null} */
  let room = null;
  const isRepeatable = "clientId" in example;
  const text = h("textarea", { rows: "8", spellcheck: "false", autocapitalize: "none" });
  const problem = h("p", { class: "problem", role: "alert" });
  const answer = h("div", { class: "answer", "aria-live": "polite" });
  const send = h("button", { type: "submit", class: "primary" }, `Send ${event}`);
  const hint = h("p", { class: "hint" }, "Connect first, in the part named Live.");
  const refill = () => (text.value = JSON.stringify(fill(example, room), null, 2));
  refill();
  text.rows = Math.min(text.value.split("\n").length + 1, 12);

  async function submit() {
    problem.textContent = "";
    text.removeAttribute("aria-invalid");
    /** @type {unknown} */
    let payload;
    try {
      payload = JSON.parse(text.value);
    } catch (error) {
      text.setAttribute("aria-invalid", "true");
      problem.textContent = `This is not JSON: ${error instanceof Error ? error.message : ""}`;
      text.focus();
      return;
    }
    if (typeof payload === "object" && payload !== null && "token" in payload && payload.token === TOKEN) {
      payload = { ...payload, token: await session.token() };
    }
    answer.replaceChildren(h("p", {}, "Sent; waiting for the ack…"));
    const ack = await live().send(event, payload);
    answer.replaceChildren(
      ack === null
        ? h("p", {}, "No answer came: whether it was carried out is not known. Send the same again [L7].")
        : showJson(ack, `Ack of ${event}`),
    );
    answer.dataset["ok"] = String(ack?.ok ?? false);
  }

  const form = h(
    "form",
    {
      class: "try",
      onsubmit: (/** @type {Event} */ submitted) => {
        submitted.preventDefault();
        void submit();
      },
    },
    h("label", {}, h("span", {}, `Payload of ${event}`), text),
    problem,
    h(
      "p",
      { class: "buttons" },
      send,
      h("button", { type: "button", onclick: refill }, isRepeatable ? "New clientId" : "Start over"),
    ),
    hint,
    isRepeatable && h("p", { class: "hint" }, "Sent again as it is, it is answered with the first entry [L4]."),
    answer,
  );
  return {
    form,
    setRoom(/** @type {string} */ roomId) {
      room = roomId;
      refill();
    },
    setOn(/** @type {boolean} */ isOn) {
      send.disabled = !isOn;
      hint.hidden = isOn;
    },
  };
}
