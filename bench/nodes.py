"""Several papo servers on one engine, for measuring: the engine, the servers, and one invite that names them all.

`with start("nats-3", folder, papo) as nodes:` gives the invite and the process ids. The engines are those of the system's
packages, on free ports of this computer, ended with the block. `cluster-3` is three servers on three nats-server with
three copies of everything; `nats-N` and `postgres-N` have one engine server. Not here: the measuring.
"""

import contextlib
import dataclasses
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import time

import peers

NAMES = ["nats-1", "nats-2", "nats-3", "cluster-3", "postgres-1", "postgres-2", "postgres-3"]

# The first core is the servers', as it is where one is measured. Engines go where the system puts them.
SERVERS_CORE = {0}


@dataclasses.dataclass
class Nodes:
    """Running servers and their engine."""

    invite: str
    servers: list
    engine: list
    version: str


@contextlib.contextmanager
def start(name, folder, papo):
    """Starts the engine, then the servers, and ends all of them behind the block."""
    kind, _, count = name.partition("-")
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as ends:
        log, engine, version = {"nats": nats, "cluster": cluster, "postgres": postgres}[kind](ends, folder)
        servers, invites = [], []
        for number in range(int(count)):
            child, invite = server(ends, folder, papo, number, log)
            servers.append(child.pid)
            invites.append(invite)
        first, *others = invites
        addresses = [re.match(r"https://([^/]*)/", other)[1] for other in others]
        # As `--also` would write it, with ports that the system has chosen.
        tail = f"..{','.join(addresses)}" if addresses else ""
        yield Nodes(first + tail, servers, [pid for child in engine for pid in family(child.pid)], version)


def server(ends, folder, papo, number, log):
    """One papo with the key that all of them have."""
    data = folder / f"papo-{number}"
    if number:
        data.mkdir()
        for name in ("server.crt", "server.key", "address.key"):
            shutil.copy(folder / "papo-0" / name, data / name)
    with open(folder / f"papo-{number}.log", "wb") as output:
        child = subprocess.Popen([papo, "serve", "127.0.0.1:0", "--limits", "off", "--log", log, "--data", data],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=output)
    ends.callback(end, child)
    os.sched_setaffinity(child.pid, SERVERS_CORE)
    invite = child.stdout.readline().decode().strip()
    if not invite:
        raise RuntimeError("papo did not start: " + (folder / f"papo-{number}.log").read_text(errors="replace")[-500:])
    return child, invite


def nats(ends, folder):
    """One nats-server with its own defaults: it writes, and makes durable every two minutes."""
    port = peers.free_port()
    child = nats_server(ends, folder, "nats", port, "")
    return f"nats://127.0.0.1:{port}", [child], peers.version_of(peers.program("nats-server"), "--version")


def cluster(ends, folder):
    """Three of them, with three copies of everything."""
    ports, inner = [peers.free_port() for _ in range(3)], [peers.free_port() for _ in range(3)]
    routes = ", ".join(f"nats://127.0.0.1:{port}" for port in inner)
    children = [nats_server(ends, folder, f"n{number}", port,
                            f"cluster {{ name: papo, listen: 127.0.0.1:{own}, routes: [{routes}] }}")
                for number, (port, own) in enumerate(zip(ports, inner, strict=True))]
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"nats://{hosts}", children, peers.version_of(peers.program("nats-server"), "--version")


def nats_server(ends, folder, name, port, more):
    config = folder / f"{name}.conf"
    config.write_text(f"server_name: {name}\nlisten: 127.0.0.1:{port}\njetstream {{ store_dir: {folder / name} }}\n{more}\n")
    with open(folder / f"{name}.log", "wb") as output:
        child = subprocess.Popen([peers.program("nats-server"), "-c", config], stdout=output, stderr=output)
    ends.callback(end, child)
    peers.listening(port, child)
    return child


def postgres(ends, folder):
    """One PostgreSQL with its own defaults: each commit is durable before it counts."""
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        raise peers.NotInstalled("postgresql is not installed: see bench/peers/README.md")
    programs, port, data = programs[-1], peers.free_port(), folder / "postgres"
    # It refuses to run as root.
    user = {}
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        folder.chmod(0o711)
        data.mkdir()
        os.chown(data, owner.pw_uid, owner.pw_gid)
    subprocess.run([programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres"], check=True, capture_output=True,
                   cwd="/", **user)
    with open(folder / "postgres.log", "wb") as output:
        child = subprocess.Popen([programs / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
                                  "-c", "unix_socket_directories="], stdout=output, stderr=output, cwd="/", **user)
    # Fast shutdown: it does not wait for its clients.
    ends.callback(end, child, signal.SIGINT)
    peers.listening(port, child)
    url = f"postgres://postgres@127.0.0.1:{port}/postgres"
    ready = lambda: subprocess.run([programs / "psql", url, "-c", "select 1"], capture_output=True, check=False, cwd="/")
    deadline = time.monotonic() + peers.START_SECONDS_MAX
    while ready().returncode and time.monotonic() < deadline:
        time.sleep(0.1)
    return url, [child], peers.version_of(programs / "postgres", "--version")


def family(process):
    """A process and its children: PostgreSQL has one for each connection."""
    children = pathlib.Path(f"/proc/{process}/task/{process}/children")
    return [process, *(int(word) for word in children.read_text().split())] if children.exists() else [process]


def end(child, how=signal.SIGTERM):
    child.send_signal(how)
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
