/** The Socket.IO events as an AsyncAPI 3.0 document, made from the protocol's tables of events. */
import type { z } from "zod";
import { CLIENT_EVENTS, SERVER_EVENTS } from "../../protocol/event-names.js";
import { ERRORS, type ErrorCode } from "../../protocol/errors.js";
import {
  ackErrorSchema,
  clientEvents,
  COMMON_EVENT_ERRORS,
  handshakeSchema,
  serverEvents,
} from "../../protocol/events.js";
import { ackErrorExample, explain } from "../error-notes.js";
import { clientEventExamples, serverEventExamples } from "../examples/events.js";
import { accessToken } from "../examples/samples.js";
import { createSchemaWriter, type Json, type SchemaWriter } from "../json-schema.js";
import { DESCRIPTION } from "./info.js";

const CHANNEL = { $ref: "#/channels/chat" };
const inChannel = (message: string) => ({ $ref: `#/channels/chat/messages/${message}` });

interface Part {
  messages: Record<string, Json>;
  operation: Json;
}

/** What an ack may refuse the event with, in the order of the protocol's table. */
function errorsOf(event: keyof typeof clientEvents): ErrorCode[] {
  const all = new Set<ErrorCode>([...clientEvents[event].errors, ...COMMON_EVENT_ERRORS]);
  return (Object.keys(ERRORS) as ErrorCode[]).filter((code) => all.has(code));
}

function ackSchema(data: Json, codes: readonly ErrorCode[], writer: SchemaWriter): Json {
  const error = { allOf: [writer.output(ackErrorSchema), { properties: { code: { enum: codes } } }] };
  const closed = (ok: boolean, field: string, schema: Json) => ({
    type: "object",
    properties: { ok: { type: "boolean", const: ok }, [field]: schema },
    required: ["ok", field],
  });
  return { oneOf: [closed(true, "data", data), closed(false, "error", error)] };
}

function clientPart(key: string, event: keyof typeof clientEvents, writer: SchemaWriter): Part {
  const { summary, description, payload, data } = clientEvents[event];
  const example = clientEventExamples[event];
  const codes = errorsOf(event);
  const refused = codes.find((code) => code === "not_found" || code === "token_expired") ?? "rate_limited";
  return {
    messages: {
      [key]: {
        name: event,
        title: summary,
        summary: `Carries one object, and an ack.`,
        contentType: "application/json",
        payload: writer.input(payload),
        examples: [{ name: "usual", payload: example.payload }],
      },
      [`${key}Ack`]: {
        name: `${event} ack`,
        title: `The answer to ${event}`,
        summary: "`data` when it was done, `error` when it was not.",
        contentType: "application/json",
        payload: ackSchema(writer.output(data), codes, writer),
        examples: [
          { name: "done", payload: { ok: true, data: example.data } },
          { name: "refused", payload: { ok: false, error: ackErrorExample(refused) } },
        ],
      },
    },
    operation: {
      action: "receive",
      channel: CHANNEL,
      title: event,
      summary,
      description,
      messages: [inChannel(key)],
      reply: { channel: CHANNEL, messages: [inChannel(`${key}Ack`)] },
    },
  };
}

function serverPart(key: string, event: keyof typeof serverEvents, writer: SchemaWriter): Part {
  const { title, description, ...payload } = writer.output(serverEvents[event]);
  return {
    messages: {
      [key]: {
        name: event,
        title,
        contentType: "application/json",
        payload,
        examples: [{ name: "usual", payload: serverEventExamples[event] }],
      },
    },
    operation: {
      action: "send",
      channel: CHANNEL,
      title: event,
      summary: title,
      description,
      messages: [inChannel(key)],
    },
  };
}

/** Every code with its meaning, where a plain enum would only name it. */
const errorCodes = (): Json => ({
  description: "What a program decides by.",
  oneOf: (Object.keys(ERRORS) as ErrorCode[]).map((code) => ({ const: code, description: explain(code) })),
});

/** The document, made anew at each call; it describes the server: it receives what clients send. */
export function makeAsyncApi(): Json {
  const writer = createSchemaWriter("draft-07");
  const parts: [string, Part][] = [
    ...Object.entries(CLIENT_EVENTS).map(([key, event]) => [key, clientPart(key, event, writer)] as [string, Part]),
    ...Object.entries(SERVER_EVENTS).map(([key, event]) => [key, serverPart(key, event, writer)] as [string, Part]),
  ];
  const messages = Object.fromEntries(parts.flatMap(([, part]) => Object.entries(part.messages)));
  const schemas = writer.components();
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Parlance",
      version: "1",
      description: DESCRIPTION,
      license: { name: "MIT" },
    },
    defaultContentType: "application/json",
    servers: {
      thisServer: {
        host: "{host}",
        pathname: "/socket.io/",
        protocol: "socket.io",
        protocolVersion: "5",
        description: "Where the REST calls are, too: over WebSocket, or long polling where that is blocked.",
        variables: { host: { default: "127.0.0.1:3000", description: "The server's own host." } },
        security: [{ $ref: "#/components/securitySchemes/handshake" }],
      },
    },
    channels: {
      chat: {
        address: "/",
        title: "The default namespace",
        description: "One connection carries everything.",
        servers: [{ $ref: "#/servers/thisServer" }],
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
      },
    },
    operations: Object.fromEntries(parts.map(([key, { operation }]) => [key, operation])),
    components: {
      messages,
      schemas: {
        ...schemas,
        ErrorCode: errorCodes(),
        Handshake: {
          description: "The handshake's `auth`.",
          ...writer.input(handshakeSchema),
          examples: [{ token: accessToken } satisfies z.input<typeof handshakeSchema>],
        },
      },
      securitySchemes: {
        handshake: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description:
            "The access token stands in the Socket.IO handshake, `auth: {token}` (the shape Handshake), not in a header.",
        },
      },
    },
  };
}
