/** What Socket.IO alone can do: it broadcasts and stores nothing. Reads PORT. */
import http from "node:http";
import { Server } from "socket.io";

const server = http.createServer((_request, response) => {
  response.statusCode = 404;
  response.end();
});
const io = new Server(server, { transports: ["websocket"], perMessageDeflate: false });
let count = 0;
io.on("connection", (socket) => {
  socket.on("join", async (data, ack) => {
    await socket.join(data.room);
    ack({ ok: true });
  });
  socket.on("message", (data, ack) => {
    count += 1;
    const message = { id: count, room: data.room, sender: socket.id, text: data.text, createdAt: new Date() };
    io.to(data.room).emit("message", message);
    ack({ ok: true, id: message.id, createdAt: message.createdAt });
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => console.log("ready"));
