/** One live connection with the reader's session: what is sent, what is answered, and what arrives by itself. */
import { io } from "./socket.io.esm.min.js";

/** @typedef {import("./session.js").Session} Session */
/**
 * @typedef {{ kind: "off", why: string } | { kind: "connecting" } | { kind: "on", transport: string }} LiveState
 */
/** @typedef {{ direction: "sent" | "ack" | "push", event: string, data: unknown, at: Date }} Happening */
/** @typedef {{ ok: true, data: unknown } | { ok: false, error: { code: string, detail: string } }} Ack */

const ANSWER_WITHIN_MS = 10_000;
/** After these the server does not want to see this client again by itself. */
const FINAL = ["revoked", "too_many"];

/**
 * @param {object} deps
 * @param {Session} deps.session
 * @param {(state: LiveState) => void} deps.onState
 * @param {(happening: Happening) => void} deps.onHappening
 */
export function createLive({ session, onState, onHappening }) {
  const socket = io({
    autoConnect: false,
    auth: (answer) => void session.token().then((token) => answer({ token: token ?? "" })),
  });
  /** @type {string | null} the last word of the server */
  let ended = null;

  const note = (
    /** @type {Happening["direction"]} */ direction,
    /** @type {string} */ event,
    /** @type {unknown} */ data,
  ) => onHappening({ direction, event, data, at: new Date() });

  socket.on("connect", () => {
    ended = null;
    onState({ kind: "on", transport: socket.io.engine.transport.name });
    socket.io.engine.once("upgrade", ({ name }) => onState({ kind: "on", transport: name }));
  });
  socket.on("connect_error", (error) => {
    // Without a try to come, the server has refused the handshake.
    if (socket.active) onState({ kind: "connecting" });
    else onState({ kind: "off", why: `Refused: ${error.message}` });
  });
  socket.on("disconnect", (reason) => {
    if (socket.active) onState({ kind: "connecting" });
    else onState({ kind: "off", why: ended === null ? `Disconnected (${reason}).` : `The server ended it: ${ended}.` });
  });
  socket.onAny((/** @type {string} */ event, /** @type {unknown} */ data) => {
    note("push", event, data);
    if (event !== "session:ended") return;
    ended = /** @type {{ code: string }} */ (data).code;
    if (FINAL.includes(ended)) socket.disconnect();
  });

  // A renewed session keeps the connection past its token; a lost one has no use for it.
  session.subscribe((state) => {
    if (state.kind === "out") socket.disconnect();
    if (state.kind !== "in" || !socket.connected) return;
    void session
      .token()
      .then(
        (token) => token !== null && socket.timeout(ANSWER_WITHIN_MS).emit("session:renew", { token }, () => undefined),
      );
  });

  return {
    connect() {
      ended = null;
      onState({ kind: "connecting" });
      socket.connect();
    },
    disconnect() {
      socket.disconnect();
      onState({ kind: "off", why: "Disconnected." });
    },
    isOn: () => socket.connected,

    /**
     * Sends an event and waits for its ack.
     *
     * @returns {Promise<Ack | null>} null: no answer came
     */
    async send(/** @type {string} */ event, /** @type {unknown} */ payload) {
      note("sent", event, payload);
      try {
        const ack = /** @type {Ack} */ (await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, payload));
        note("ack", event, ack);
        return ack;
      } catch {
        return null;
      }
    },
  };
}

/** @typedef {ReturnType<typeof createLive>} Live */
