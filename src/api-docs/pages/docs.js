/** The page of the REST calls: Swagger UI over openapi.json, whose calls are made with the reader's session. */
import { byId } from "./dom.js";
import { showSession } from "./session-bar.js";
import { createSession } from "./session.js";

/**
 * @typedef {object} SwaggerUi
 * @property {(scheme: string, value: string) => void} preauthorizeApiKey
 * @property {{ logout: (schemes: string[]) => void }} authActions
 * @property {{ authorized: () => { toJS: () => Record<string, { value?: unknown } | undefined> } }} authSelectors
 */
/** @typedef {((options: object) => SwaggerUi) & { presets: { apis: unknown } }} SwaggerUiBundle */
/** @typedef {{ url: string, headers: Record<string, string>, loadSpec?: boolean }} SwaggerRequest */
/** @typedef {{ url: string, status: number, ok: boolean, obj?: unknown }} SwaggerResponse */

const { SwaggerUIBundle } = /** @type {{ SwaggerUIBundle: SwaggerUiBundle }} */ (/** @type {unknown} */ (globalThis));

const session = createSession();
/** @type {string | null} the session's token as Swagger UI has it */
let shown = null;

// Swagger UI brings both themes; which one is for us to say.
const dark = matchMedia("(prefers-color-scheme: dark)");
const applyTheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", applyTheme);
applyTheme();

const pathOf = (/** @type {string} */ url) => new URL(url, location.href).pathname.replace(/^\/api\/v1/, "");

/** The session's token is replaced by one that is still good; one typed in by hand, or none, is as the reader wants it. */
async function authorise(/** @type {SwaggerRequest} */ request) {
  if (request.loadSpec || shown === null || request.headers["Authorization"] !== `Bearer ${shown}`) return request;
  const token = await session.token();
  if (token !== null) request.headers["Authorization"] = `Bearer ${token}`;
  return request;
}

/** Logging in and out by trying the calls themselves counts like any other way. */
function learn(/** @type {SwaggerResponse} */ response) {
  const path = pathOf(response.url);
  if (/^\/auth\/(register|login|refresh)$/.test(path) && response.ok) {
    session.adopt(/** @type {import("./session.js").SignedIn} */ (response.obj));
  }
  if (path === "/auth/logout" && response.ok) session.end();
  if (response.status === 401 && !path.startsWith("/auth/") && shown !== null) session.refused();
  return response;
}

const ui = SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  // Nothing is sent to other hosts: no validator's badge.
  validatorUrl: null,
  requestInterceptor: authorise,
  responseInterceptor: learn,
  onComplete: () => session.subscribe((state) => void showToken(state.kind)),
});

/** The locks of the calls tell whether there is a token. */
async function showToken(/** @type {string} */ kind) {
  if (kind === "in") {
    const token = await session.token();
    if (token === null || token === shown) return;
    const isOurs = shown === null || ui.authSelectors.authorized().toJS()["bearer"]?.value === shown;
    shown = token;
    if (!isOurs) return;
    ui.preauthorizeApiKey("bearer", token);
  } else if (kind === "out" && shown !== null) {
    shown = null;
    ui.authActions.logout(["bearer"]);
  }
}

showSession(byId("session"), session);
void session.renew();
