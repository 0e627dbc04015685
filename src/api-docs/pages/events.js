/** The page of the events: made from asyncapi.json, with a live connection beside it. */
import { byId, h } from "./dom.js";
import { createEventForm } from "./event-form.js";
import { showLive } from "./live-panel.js";
import { inline, paragraphs } from "./markdown.js";
import { nameOf, showJson, showSchema } from "./schema-view.js";
import { showSession } from "./session-bar.js";
import { createSession } from "./session.js";

/** @typedef {import("./schema-view.js").Schema} Schema */
/** @typedef {{ name: string, title: string, payload: Schema, examples: { name: string, payload: unknown }[] }} Message */
/** @typedef {{ $ref: string }} Reference */
/**
 * @typedef {object} Operation
 * @property {"receive" | "send"} action - the server's: it receives what clients send
 * @property {string} title
 * @property {string} summary
 * @property {string} description
 * @property {Reference[]} messages
 * @property {{ messages: Reference[] }} [reply]
 */
/**
 * @typedef {object} AsyncApi
 * @property {{ description: string }} info
 * @property {Record<string, Operation>} operations
 * @property {{ messages: Record<string, Message>, schemas: Record<string, Schema> }} components
 */
/** @typedef {ReturnType<typeof createEventForm>} EventForm */

const session = createSession();
/** @type {EventForm[]} */
const forms = [];
const live = showLive(byId("live"), session, {
  onRoom: (roomId) => forms.forEach((form) => form.setRoom(roomId)),
  onState: (isOn) => forms.forEach((form) => form.setOn(isOn)),
});
showSession(byId("session"), session);
void session.renew();

const idOf = (/** @type {string} */ event) => `event-${event.replace(":", "-")}`;

/** @returns {Message} */
function messageOf(/** @type {AsyncApi} */ { components }, /** @type {Reference | undefined} */ reference) {
  const message = components.messages[nameOf(reference?.$ref ?? "")];
  if (message === undefined) throw new Error(`There is no message ${reference?.$ref}.`);
  return message;
}

/** The codes that an ack's error may have. @returns {string[]} */
function codesOf(/** @type {Schema} */ ack) {
  const error = ack.oneOf?.flatMap(({ properties }) => properties?.["error"] ?? [])[0];
  return /** @type {string[]} */ (error?.allOf?.flatMap(({ properties }) => properties?.["code"]?.enum ?? []) ?? []);
}

/** @returns {Node[]} what a client event has beside its payload: the ack, its errors, and the form to send it */
function clientParts(
  /** @type {AsyncApi} */ document,
  /** @type {Operation} */ { title, reply },
  /** @type {Message} */ message,
) {
  const ack = messageOf(document, reply?.messages[0]);
  const meanings = new Map(
    (document.components.schemas["ErrorCode"]?.oneOf ?? []).map((code) => [code.const, code.description]),
  );
  const data = ack.payload.oneOf?.flatMap(({ properties }) => properties?.["data"] ?? [])[0] ?? {};
  const form = createEventForm(title, /** @type {Record<string, unknown>} */ (message.examples[0]?.payload), {
    live: () => live,
    session,
  });
  form.setOn(live.isOn());
  forms.push(form);
  return [
    h("h4", {}, "Ack ", h("code", {}, "data")),
    showSchema(data),
    h(
      "details",
      {},
      h("summary", {}, "Errors"),
      h(
        "ul",
        { class: "fields" },
        ...codesOf(ack.payload).map((code) =>
          h("li", {}, h("code", { class: "name" }, code), h("p", {}, ...inline(meanings.get(code) ?? ""))),
        ),
      ),
    ),
    h(
      "details",
      {},
      h("summary", {}, "Examples"),
      showJson(message.examples[0]?.payload, `Example of ${title}`),
      ...ack.examples.map(({ name, payload }) => showJson(payload, `Example of an ack of ${title}: ${name}`)),
    ),
    h("h4", {}, "Try it"),
    form.form,
  ];
}

/** @returns {Node[]} */
function serverParts(/** @type {Operation} */ { title }, /** @type {Message} */ message) {
  return [h("details", {}, h("summary", {}, "Example"), showJson(message.examples[0]?.payload, `Example of ${title}`))];
}

function eventSection(/** @type {AsyncApi} */ document, /** @type {Operation} */ operation) {
  const message = messageOf(document, operation.messages[0]);
  return h(
    "section",
    { class: "event", id: idOf(operation.title), "aria-labelledby": `${idOf(operation.title)}-title` },
    h("h3", { id: `${idOf(operation.title)}-title` }, h("code", {}, operation.title)),
    h("p", { class: "summary" }, ...inline(operation.summary)),
    ...paragraphs(operation.description),
    h("h4", {}, "Payload"),
    showSchema(message.payload),
    ...(operation.action === "receive" ? clientParts(document, operation, message) : serverParts(operation, message)),
  );
}

/** @returns {Node[]} the whole reference */
function reference(/** @type {AsyncApi} */ document) {
  const operations = Object.values(document.operations);
  const sent = operations.filter(({ action }) => action === "receive");
  const arriving = operations.filter(({ action }) => action === "send");
  const links = (/** @type {Operation[]} */ some) =>
    h("ul", {}, ...some.map(({ title }) => h("li", {}, h("a", { href: `#${idOf(title)}` }, title))));
  const [lead, ...rules] = paragraphs(document.info.description);
  return [
    h("h1", {}, "Events"),
    ...(lead === undefined ? [] : [lead]),
    h(
      "nav",
      { class: "contents", "aria-label": "Events" },
      h("div", {}, h("h2", {}, "You send"), links(sent)),
      h("div", {}, h("h2", {}, "The server sends"), links(arriving)),
    ),
    h("details", { class: "rules", open: true }, h("summary", {}, "Rules"), ...rules),
    h("h2", { id: "you-send" }, "You send"),
    ...sent.map((operation) => eventSection(document, operation)),
    h("h2", { id: "the-server-sends" }, "The server sends"),
    ...arriving.map((operation) => eventSection(document, operation)),
    h("h2", { id: "shapes" }, "Shapes"),
    ...Object.entries(document.components.schemas).map(([name, schema]) =>
      h(
        "section",
        { class: "event", id: `shape-${name}`, "aria-labelledby": `shape-${name}-title` },
        h("h3", { id: `shape-${name}-title` }, h("code", {}, name)),
        schema.description === undefined ? null : h("p", {}, ...inline(schema.description)),
        showSchema(schema),
      ),
    ),
  ];
}

const place = byId("reference");
try {
  const response = await fetch("/api/v1/asyncapi.json");
  place.replaceChildren(...reference(/** @type {AsyncApi} */ (await response.json())));
  // The page was empty when the browser looked for the address's part.
  if (location.hash.length > 1) document.getElementById(location.hash.slice(1))?.scrollIntoView();
} catch (error) {
  place.replaceChildren(h("p", { role: "alert" }, "The events could not be loaded. Try again in a moment."));
  throw error;
}
