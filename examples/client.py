# The smallest useful client: python3 client.py server.crt [NAME [HOST [PORT]]]
import asyncio, json, ssl, sys, uuid

async def main(certificate, name="Ana", host="127.0.0.1", port="12345"):
    trust = ssl.create_default_context(cafile=certificate)
    reader, writer = await asyncio.open_connection(host, int(port), ssl=trust, limit=2**17)
    send = lambda **fields: writer.write(json.dumps(fields).encode() + b"\n")
    async def listen():
        async for line in reader:
            said = json.loads(line)
            if "text" in said:  # a message has one, and so has an error
                shown = f'{said.get("from", {}).get("name", said["type"])}: {said["text"]}'
                print("".join(c if c.isprintable() else "?" for c in shown), flush=True)
    send(type="join", name=name)
    listening = asyncio.create_task(listen())
    while line := await asyncio.to_thread(sys.stdin.readline):
        send(type="say", id=str(uuid.uuid4()), text=line.strip())
    send(type="leave")
    await listening
asyncio.run(main(*sys.argv[1:]))
