/** `node scripts/run.mjs write-api-docs`: docs/openapi.json and docs/asyncapi.json, made from src/protocol. */
import { writeDocuments } from "./api-docs.mjs";

await writeDocuments();
