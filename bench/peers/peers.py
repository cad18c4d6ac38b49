"""The servers that papo is compared with: how each one is configured, started on this computer, and ended.

Each is a context: `with start("nats", folder) as peer:` gives its invite, carrier and process id. What a server
needs to take the load (wide limits, no log) stands here; nothing else is tuned. Not here: the measuring.
"""

import base64
import contextlib
import dataclasses
import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent

# How long a server may take until it listens, in seconds: Erlang's takes ten on a slow machine.
START_SECONDS_MAX = 60

# More than any load opens.
CONNECTIONS_MAX = 30_000


@dataclasses.dataclass
class Peer:
    """A running server."""

    invite: str
    carrier: str
    process: int
    version: str


class NotInstalled(Exception):
    """The server's program is not on this computer."""


def program(name):
    """The path of a program, which Debian may keep where users do not look."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise NotInstalled(f"{name} is not installed: see bench/peers/README.md")
    return path


def certificate(folder):
    """Makes a P-256 key and certificate; returns their paths and the fingerprint that invites carry."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    if not cert.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", key, "-out", cert], check=True, capture_output=True)
        # Some servers drop their privileges before they read it, and the folder is for this run alone.
        key.chmod(0o644)
    public = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-pubkey"], check=True, capture_output=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public.stdout, check=True,
                         capture_output=True).stdout
    fingerprint = base64.b32encode(hashlib.sha256(der).digest()).decode().rstrip("=").lower()
    return cert, key, fingerprint


def free_port():
    """A port that nothing listens on. Somebody could take it before the server does; then the server says so."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def version_of(*command, begins=""):
    """The first line with this beginning that a program prints about itself."""
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (told.stdout + told.stderr).strip().splitlines()
    return next((line.strip() for line in lines if line.startswith(begins)), "unknown")


def listening(port, child):
    """Waits until the server accepts connections."""
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        if child.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{child.args[0]} does not listen on port {port}")


def nats(folder, cert, key, port):
    """NATS: its own limits are far above the load's."""
    (folder / "nats.conf").write_text(f"""
listen: "127.0.0.1:{port}"
max_connections: {CONNECTIONS_MAX}
max_pending: 512MB
write_deadline: "60s"
tls {{ cert_file: "{cert}", key_file: "{key}", timeout: 30, cipher_suites: ["TLS_AES_128_GCM_SHA256"] }}
""")
    server = program("nats-server")
    return "nats", [server, "-c", folder / "nats.conf"], version_of(server, "--version")


def mosquitto(folder, cert, key, port):
    """mosquitto: no bound on what waits for a subscriber, no Nagle."""
    (folder / "mosquitto.conf").write_text(f"""
listener {port} 127.0.0.1
certfile {cert}
keyfile {key}
tls_version tlsv1.3
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 0
max_inflight_messages 0
persistence false
user root
log_type error
""")
    server = program("mosquitto")
    return "mqtt", [server, "-c", folder / "mosquitto.conf"], version_of(server, "-h")


def ngircd(folder, cert, key, port):
    """ngircd: no penalties, no limit a host."""
    (folder / "ngircd.conf").write_text(f"""
[Global]
Name = irc.localhost
Info = bench
Listen = 127.0.0.1
MotdPhrase = hello
ServerUID = 0
ServerGID = 0
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 600
[Options]
DNS = no
Ident = no
PAM = no
SyslogFacility = local1
[SSL]
CertFile = {cert}
KeyFile = {key}
Ports = {port}
""")
    server = program("ngircd")
    return "irc", [server, "-n", "-f", folder / "ngircd.conf"], version_of(server, "--version")


def inspircd(folder, cert, key, port):
    """InspIRCd: no flood control, and queues that hold the load."""
    (folder / "inspircd.conf").write_text(f"""
<server name="irc.localhost" description="bench" network="bench">
<admin name="bench" nick="bench" email="bench@localhost">
<module name="ssl_gnutls">
<sslprofile name="bench" provider="gnutls" certfile="{cert}" keyfile="{key}" priority="SECURE128:-VERS-ALL:+VERS-TLS1.3">
<bind address="127.0.0.1" port="{port}" type="clients" sslprofile="bench">
<connect name="bench" allow="*" timeout="120" pingfreq="3600" hardsendq="1G" softsendq="1G" recvq="1M" localmax="{CONNECTIONS_MAX}" globalmax="{CONNECTIONS_MAX}" fakelag="no" threshold="1000000" commandrate="100000000" resolvehostnames="no" useident="no" maxconnwarn="no" limit="{CONNECTIONS_MAX}">
<performance somaxconn="4096" softlimit="{CONNECTIONS_MAX}" netbuffersize="65534" quietbursts="yes" nouserdns="yes">
<files motd="{folder}/motd">
<path pid="{folder}/pid" datadir="{folder}" logdir="{folder}" runtimedir="{folder}">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="sparse" target="{folder}/log">
""")
    (folder / "motd").write_text("hello\n")
    server = program("inspircd")
    command = [server, f"--config={folder}/inspircd.conf", "--nofork", "--runasroot"]
    return "irc", command, version_of(server, "--version")


def prosody(folder, cert, key, port):
    """Prosody: anonymous login, group chats without history, archive or presence."""
    (folder / "prosody.cfg.lua").write_text(f"""
run_as_root = true
pidfile = "{folder}/pid"
data_path = "{folder}"
plugin_paths = {{}}
modules_enabled = {{ "saslauth", "tls" }}
modules_disabled = {{ "s2s", "offline", "c2s_limit" }}
limits = {{ }}
c2s_ports = {{ }}
s2s_ports = {{ }}
http_ports = {{ }}
c2s_direct_tls_ports = {{ {port} }}
c2s_interfaces = {{ "127.0.0.1" }}
interfaces = {{ "127.0.0.1" }}
network_backend = "epoll"
network_settings = {{ tcp_backlog = 4096, nodelay = true }}
ssl = {{ certificate = "{cert}", key = "{key}", protocol = "tlsv1_3" }}
authentication = "anonymous"
allow_unencrypted_plain_auth = false
log = {{ error = "{folder}/log" }}
VirtualHost "localhost"
  authentication = "anonymous"
Component "conference.localhost" "muc"
  modules_disabled = {{ "muc_mam" }}
  restrict_room_creation = false
  muc_room_default_presence_broadcast = {{ visitor = false, participant = false, moderator = false }}
  muc_room_default_history_length = 0
  max_history_messages = 0
  muc_room_locking = false
""")
    server = program("prosody")
    return "xmpp", [server, "--config", folder / "prosody.cfg.lua", "-F"], version_of(program("prosodyctl"), "about", begins="Prosody")


def ejabberd(folder, cert, key, port):
    """ejabberd: anonymous login, group chats without history, archive or presence, shapers off."""
    both = folder / "both.pem"
    both.write_bytes(cert.read_bytes() + key.read_bytes())
    (folder / "ejabberd.yml").write_text(f"""
hosts: ["localhost"]
loglevel: error
certfiles: ["{both}"]
ca_file: "{cert}"
auth_method: anonymous
allow_multiple_connections: true
anonymous_protocol: sasl_anon
c2s_protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, no_tlsv1_2]
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    tls: true
    backlog: 4096
    max_stanza_size: 262144
access_rules: {{ c2s: {{ allow: all }} }}
modules:
  mod_muc:
    host: conference.localhost
    access: all
    access_create: all
    history_size: 0
    max_users: {CONNECTIONS_MAX}
    max_users_presence: 0
    default_room_options: {{ mam: false, presence_broadcast: [], max_users: {CONNECTIONS_MAX}, allow_change_subj: false }}
""")
    engine = sorted(pathlib.Path("/usr/lib").glob("*/ejabberd-*/ebin"))
    if not engine:
        raise NotInstalled("ejabberd is not where Debian keeps it: see bench/peers/README.md")
    # Started without its control script, which asks for a user of its own and hides the process. Each of these
    # programs becomes the next one, so the process id stays.
    (folder / "mnesia").mkdir(exist_ok=True)
    libraries = str(engine[0].parent.parent)
    command = [
        "env", f"EJABBERD_CONFIG_PATH={folder}/ejabberd.yml", f"EJABBERD_LOG_PATH={folder}/log", f"HOME={folder}",
        f"ERL_LIBS={libraries}", f"SPOOL_DIR={folder}/mnesia",
        program("erl"), "+K", "true", "+P", "1000000", "-noinput", "-mnesia", "dir", f'"{folder}/mnesia"', "-s", "ejabberd",
    ]
    return "xmpp", command, "ejabberd " + engine[0].parent.name.removeprefix("ejabberd-")


CONFIGURED = {
    "nats": nats, "mosquitto": mosquitto, "ngircd": ngircd, "inspircd": inspircd, "prosody": prosody,
    "ejabberd": ejabberd,
}
SCRIPTS = {"ws": ("websocket", "node", "ws.js"), "threads": ("lines", "python3", "thread_per_client.py")}
NAMES = [*CONFIGURED, *SCRIPTS]


@contextlib.contextmanager
def start(name, folder):
    """Starts a peer in a folder, waits until it listens, and ends it behind the block."""
    folder.mkdir(parents=True, exist_ok=True)
    cert, key, fingerprint = certificate(folder)
    if name in SCRIPTS:
        carrier, interpreter, script = SCRIPTS[name]
        server = program(interpreter)
        invite = f"https://127.0.0.1:PORT/lobby#{fingerprint}"
        command, version = [server, HERE / script, cert, key, invite], version_of(server, "--version")
    else:
        port = free_port()
        invite = f"https://127.0.0.1:{port}/lobby#{fingerprint}"
        carrier, command, version = CONFIGURED[name](folder, cert, key, port)
    with open(folder / "output", "wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=output,
                                 stdout=subprocess.PIPE if name in SCRIPTS else output, cwd=folder)
    try:
        if name in SCRIPTS:
            invite = child.stdout.readline().decode().strip()
        else:
            listening(port, child)
        yield Peer(invite, carrier, child.pid, version)
    except RuntimeError as error:
        said = (folder / "output").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{error}; it said: {said}") from error
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    # Runs one peer for a look by hand: `python3 bench/peers/peers.py nats FOLDER`.
    with start(sys.argv[1], pathlib.Path(sys.argv[2]).resolve()) as peer:
        print(f"papo bench {peer.invite} --carrier {peer.carrier} --process {peer.process}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdin.read()
