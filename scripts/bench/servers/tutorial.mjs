/**
 * The baseline: a chat server as tutorials write it. `await Message.create()`, then `io.to(room).emit()`, then the ack.
 *
 * Reads MONGO, DB and PORT. Nothing here helps or hinders it: the replica set's own write concern, one index.
 */
import http from "node:http";
import express from "express";
import jwt from "jsonwebtoken";
import mongoose from "mongoose";
import { Server } from "socket.io";

const SECRET = "bench-secret";
await mongoose.connect(String(process.env["MONGO"]), { dbName: process.env["DB"] ?? "tutorial" });
const schema = new mongoose.Schema(
  {
    room: { type: String, required: true },
    sender: { type: String, required: true },
    text: { type: String, required: true, maxlength: 4000 },
    clientId: String,
  },
  { timestamps: true },
);
schema.index({ room: 1, createdAt: -1 });
const Message = mongoose.model("Message", schema);
await Message.init();

const app = express();
app.get(
  "/rooms/:room/messages",
  (request, response, next) => {
    try {
      jwt.verify((request.headers.authorization ?? "").slice(7), SECRET);
      next();
    } catch {
      response.sendStatus(401);
    }
  },
  async (request, response) => {
    const { before } = request.query;
    const filter = {
      room: request.params["room"],
      ...(typeof before === "string" ? { createdAt: { $lt: new Date(before) } } : {}),
    };
    response.json(await Message.find(filter).sort({ createdAt: -1 }).limit(50));
  },
);

const server = http.createServer(app);
const io = new Server(server, { transports: ["websocket"] });
io.use((socket, next) => {
  try {
    socket.data.user = jwt.verify(socket.handshake.auth["token"], SECRET);
    next();
  } catch {
    next(new Error("auth"));
  }
});
io.on("connection", (socket) => {
  socket.on("join", async (data, ack) => {
    await socket.join(data.room);
    const missed = data.after
      ? await Message.find({ room: data.room, createdAt: { $gt: new Date(data.after) } })
          .sort({ createdAt: 1 })
          .limit(100)
      : [];
    ack({ ok: true, missed });
  });
  socket.on("message", async (data, ack) => {
    try {
      const message = await Message.create({
        room: data.room,
        sender: socket.data.user.sub,
        text: data.text,
        clientId: data.clientId,
      });
      io.to(data.room).emit("message", message);
      ack({ ok: true, id: message._id, createdAt: message.get("createdAt") });
    } catch (error) {
      ack({ ok: false, error: String(error) });
    }
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => console.log("ready"));
