"""The shape that papo grew from: a thread for each client, and a lock around a `sendall` to each of them.

It speaks as much of papo's lines as the load needs, and is written as such servers are: plainly. It is measured,
not used. Prints its invite first and then serves until it is ended.
"""

import json
import socket
import ssl
import sys
import threading

certificate, key, invite = sys.argv[1:]

rooms = {}
seqs = {}
lock = threading.Lock()


def encode(message):
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def say(room, index, message):
    with lock:
        seqs[room] = seqs.get(room, 0) + 1
        line = encode({
            "type": "message", "seq": seqs[room], "time": "2026-01-01T00:00:00.000Z",
            "from": {"id": f"guest-{index:013}", "name": f"m{index}"}, "id": message["id"], "text": message["text"],
        })
        for member in list(rooms[room]):
            try:
                member.sendall(line)
            except OSError:
                rooms[room].discard(member)


def serve(connection, index):
    room = None
    try:
        # The handshake belongs here: at `accept` one slow client would keep all others waiting.
        connection.do_handshake()
        for line in connection.makefile("rb"):
            message = json.loads(line)
            if message["type"] == "join":
                room = message["room"]
                with lock:
                    connection.sendall(encode({"type": "joined", "head": seqs.get(room, 0)}))
                    rooms.setdefault(room, set()).add(connection)
            elif message["type"] == "say":
                say(room, index, message)
    except OSError:
        pass
    finally:
        with lock:
            rooms.get(room, set()).discard(connection)
        connection.close()


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
context.minimum_version = ssl.TLSVersion.TLSv1_3
listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
print(invite.replace("PORT", str(listener.getsockname()[1])), flush=True)
index = 0
while True:
    plain, _ = listener.accept()
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    index += 1
    client = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=serve, args=(client, index), daemon=True).start()
