// A chat on Node with the `ws` library, as one would write it: every message to every member of the room. It speaks
// as much of papo's objects as the load needs. It is measured, not used. Prints its invite first and then serves
// until it is ended.
"use strict";

const fs = require("node:fs");
const https = require("node:https");
// Where Debian's node-ws is; elsewhere `npm install ws` makes the plain name work.
const { WebSocketServer, WebSocket } = require(fs.existsSync("/usr/share/nodejs/ws") ? "/usr/share/nodejs/ws" : "ws");

const [certificate, key, invite] = process.argv.slice(2);
const rooms = new Map();

const server = https.createServer({
  cert: fs.readFileSync(certificate),
  key: fs.readFileSync(key),
  minVersion: "TLSv1.3",
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
let members = 0;

sockets.on("connection", (socket) => {
  const index = ++members;
  let room;
  socket.on("error", () => {});
  socket.on("close", () => room?.members.delete(socket));
  socket.on("message", (data) => {
    const message = JSON.parse(data);
    if (message.type === "join") {
      room = rooms.get(message.room);
      if (!room) rooms.set(message.room, (room = { members: new Set(), seq: 0 }));
      room.members.add(socket);
      socket.send(JSON.stringify({ type: "joined", head: room.seq }));
    } else if (message.type === "say") {
      room.seq += 1;
      const text = JSON.stringify({
        type: "message",
        seq: room.seq,
        time: "2026-01-01T00:00:00.000Z",
        from: { id: `guest-${String(index).padStart(13, "0")}`, name: `m${index}` },
        id: message.id,
        text: message.text,
      });
      for (const member of room.members) {
        if (member.readyState === WebSocket.OPEN) member.send(text);
      }
    }
  });
});

server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  console.log(invite.replace("PORT", server.address().port));
});
