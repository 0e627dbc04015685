/** The two documents under the names by which they are served and kept in docs/. */
import { makeAsyncApi } from "./asyncapi/asyncapi.js";
import type { Json } from "./json-schema.js";
import { makeOpenApi } from "./openapi/openapi.js";

/** Makes both anew. */
export const makeDocuments = (): { "openapi.json": Json; "asyncapi.json": Json } => ({
  "openapi.json": makeOpenApi(),
  "asyncapi.json": makeAsyncApi(),
});
