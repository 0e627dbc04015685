/** The line that says who the reader is to the server, and how to become somebody. */
import { h } from "./dom.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").SessionState} SessionState */

/**
 * @param {HTMLElement} place
 * @param {Session} session
 */
export function showSession(place, session) {
  /** @type {SessionState["kind"] | null} */
  let shown = null;

  function draw(/** @type {SessionState} */ state) {
    // What is being typed into the form stays.
    if (state.kind === "out" && shown === "out") return;
    shown = state.kind;
    place.replaceChildren(...contentOf(state, session));
    place.dataset["state"] = state.kind;
  }
  session.subscribe(draw);
}

/** @returns {Node[]} */
function contentOf(/** @type {SessionState} */ state, /** @type {Session} */ session) {
  switch (state.kind) {
    case "looking":
      return [h("p", { role: "status" }, "Looking for your session…")];
    case "in":
      return [
        h(
          "p",
          { role: "status" },
          "You are ",
          h("strong", {}, h("bdi", {}, state.user.displayName)),
          ` (@${state.user.username}). `,
          state.byHand
            ? "What you try here is done with the token you gave, until it runs out."
            : "What you try here is done as you, for real.",
        ),
      ];
    case "away":
      return [
        h("p", { role: "status" }, "The server does not answer right now."),
        h("button", { type: "button", onclick: () => void session.renew() }, "Try again"),
      ];
    case "out":
      return [
        h(
          "p",
          { role: "status" },
          h("strong", {}, "You are not logged in. "),
          "Everything can be read; trying things out wants an account. Log in here, or ",
          h("a", { href: "/" }, "in Parlance"),
          ", where you can make one, too.",
        ),
        h(
          "div",
          { class: "ways-in" },
          form(["Username", "Password"], "Log in", ([username = "", password = ""]) =>
            session.logIn(username.trim(), password),
          ),
          h(
            "details",
            {},
            h("summary", {}, "I have an access token"),
            form(["Access token"], "Use it", ([token = ""]) => session.useToken(token.trim())),
          ),
        ),
      ];
  }
}

/** @type {Record<string, Record<string, string>>} */
const FIELDS = {
  Username: { type: "text", autocomplete: "username", autocapitalize: "none", spellcheck: "false" },
  Password: { type: "password", autocomplete: "current-password" },
  "Access token": { type: "password", autocomplete: "off" },
};

/**
 * @param {string[]} labels
 * @param {string} action
 * @param {(values: string[]) => Promise<void>} submit - what it rejects with is shown
 */
function form(labels, action, submit) {
  const inputs = labels.map((label) => h("input", { ...FIELDS[label], required: true }));
  const problem = h("p", { class: "problem", role: "alert" });
  const button = h("button", { type: "submit" }, action);

  async function send(/** @type {Event} */ event) {
    event.preventDefault();
    problem.textContent = "";
    button.disabled = true;
    try {
      await submit(inputs.map(({ value }) => value));
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : "That did not work.";
    } finally {
      button.disabled = false;
    }
  }

  return h(
    "form",
    { onsubmit: (event) => void send(event) },
    ...labels.map((label, index) => h("label", {}, h("span", {}, label), inputs[index])),
    button,
    problem,
  );
}
