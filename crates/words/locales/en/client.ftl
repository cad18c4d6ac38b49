# The client library: why there is no connection, and what a server says. Whole sentences, cause and remedy.

client-refused = Nothing is listening on { $address }. Start a server there with `papo serve`, or check address and port.
client-unknown-host = There is no host called { $host }. Check how the name is spelt and whether this computer is online, or use an IP address.
client-no-route = No network leads to { $address }. Check whether this computer is online and in the right network (Wi-Fi, VPN).
client-timed-out = { $address } did not answer in time. Check address and port, and whether a firewall on either side lets the port through.
client-no-handshake = Something listens at { $address } but does not answer as a papo server does. Check host and port; if they are right, the server is overloaded or hangs.
client-not-tls = What answers at { $address } does not speak TLS, so it is no papo server. Check the port; a server started with `papo serve` shows its address.
client-tls-mismatch = What answers at { $address } cannot agree on TLS 1.3 with this program ({ $detail }). Check the port; where a proxy stands in between, let it speak TLS 1.3 or pass the connection through.
client-not-trusted = The server at { $address } does not have the expected key. Expected: { $expected }. Found: { $found }. Either the server has been set up anew, or somebody sits in between. Ask its operator for the fingerprint (`papo cert fingerprint`) in another way; only if it is the one found: { $remedy }.
client-other-certificate = The certificate of the server at { $address } is not the one in { $file }, nor signed by it. In the file: { $expected }. Found: { $found }. Get the server's current certificate from its operator and check that the file is the right one.
client-unknown-server = The server at { $address } is not known here yet, and the system does not vouch for it ({ $detail }). Its fingerprint: { $fingerprint }. Use its invite link, or its certificate (`--ca FILE`), or connect once with `papo join` and compare the fingerprint with what its operator says.
client-expired = The server's certificate expired on { $day }. If that day has not come yet, set this computer's clock; else its operator has to renew the certificate (`papo cert make`).
client-not-yet-valid = The server's certificate is valid from { $day } only. If that day has passed already, set this computer's clock; else the clock of the computer that made the certificate was wrong: make a new one (`papo cert make`).
client-wrong-host-name = The server's certificate is not for { $host } but for { $names }. Connect by a name that it holds, or let its operator make one for this name (`papo cert make`).
client-no-name = no name at all
client-bad-certificate = The server's certificate cannot be accepted: { $detail }. Let its operator make a new one (`papo cert make`).
client-other-version = The server speaks version { $server } of the protocol, this program version { $ours }. Update the older of the two.
client-no-common-version = What answers there has no version of the protocol in common with this program (papo/{ $ours }). Update the older of the two; or it is no papo server: check address and port.
client-not-papo = What answers there speaks TLS but is no papo server. Check address and port; a proxy in between has to pass TLS and its ALPN through.
client-join-refused = The server has refused to let you in: { $text }
client-closed = The server has closed the connection: { $text }
client-lost = The connection was lost ({ $detail }). Check the network; the server may also have stopped.
client-silent = The server is silent. Check the network; the server may also be overloaded or hang.
client-garbled = The server has said something that this program cannot read ({ $detail }). Update the older of the two.

# What to do where a key is not the expected one; behind a colon.
client-remedy-new-invite = use a new invite link
client-remedy-remove-line = remove the line of { $address } from { $file } and connect again
client-remedy-again = connect again

# Details, in brackets.
client-detail-old-tls = it offers an older version, or other algorithms
client-detail-no-algorithm = it accepts none of this program's algorithms
client-detail-handshake-refused = it has refused the handshake
client-detail-handshake-failed = the handshake failed
client-detail-handshake-broken-off = the server has broken off the handshake
client-detail-broken-off = the server has broken it off
client-detail-damaged-on-the-way = what came was damaged on the way
client-detail-closed = the server has closed it
client-detail-closed-early = it was closed before the handshake was done; perhaps the server is full, or no papo server
client-detail-expired = by this computer's clock, the certificate expired on { $day }
client-detail-not-yet-valid = by this computer's clock, the certificate is valid from { $day } only
client-detail-wrong-host = the certificate is not for { $host }
client-detail-no-authority = no authority that it knows has signed the certificate
client-detail-no-proof = the server has not proven that it holds the certificate's key
client-detail-no-certificate = the server has shown none
client-detail-damaged = it is damaged
client-detail-unacceptable = it is damaged, or of a kind that this program does not accept
client-detail-beyond-log = it shows messages that its log does not have after { $seq }

# One's own files.
client-ca-unreadable = { $file } cannot be read ({ $cause }). Give `--ca` the server's certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----).
client-ca-empty = { $file } holds no certificate. Give `--ca` the server's certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----).
client-ca-damaged = { $file } holds a damaged certificate. Give `--ca` the server's certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----).
client-no-resources = The system refuses what a connection needs ({ $cause }). Close other programs and try again.
client-no-home = No home folder is known here. Name a folder for key and history with --profile DIR.
client-profile-folder = The profile's folder { $folder } cannot be made ({ $cause }). Check the folder above it, or choose another one with --profile DIR.
client-key-exposed = Other users of this computer may read your key { $file } (mode { $mode }). Forbid it: chmod 600 { $file }
client-key-damaged = { $file } is damaged or holds another kind of key. Put back a copy; or move the file away, and a new key (and with it a new identity) will be made.
client-key-unreadable = Your key { $file } cannot be read ({ $cause }). Check who owns the file and its folder, or choose another folder with --profile.
client-key-unwritable = Your key { $file } cannot be written ({ $cause }). Check the folder's owner and free space, or choose another folder with --profile.
client-key-no-randomness = the system gives no random numbers
client-key-no-encoding = it cannot be encoded
client-protected-no-key = There is no key in { $folder } yet. The first `papo join` makes one; or name another folder with --profile DIR.
client-protected-taken = { $file } is there already, and stays as it is. Name another file.
client-protected-missing = There is no file { $file }. Check its name and folder.
client-protected-unreadable = { $file } cannot be read ({ $cause }). Check its permissions.
client-protected-unwritable = { $file } cannot be written ({ $cause }). Check the folder, its permissions and the space on the disk.
client-protected-damaged = { $file } is not a key that `papo key export` has written, or it is damaged. Copy it once more from where it was made.
client-protected-newer = { $file } was written by a later version of papo. Update this program.
client-protected-wrong = The passphrase is not that of { $file }, or the file is damaged. Check capital letters and the keyboard's language, and try again.
client-protected-key-there = There is a key already, { $file }, and it stays as it is. With --replace the imported one takes its place, and the old one is kept beside it.
client-protected-no-memory = The system does not give what a passphrase needs (64 MiB of memory for a moment). Close other programs and try again.
client-pairing-no-code = This is not a pairing code. It looks like 192.168.0.7:40123/abcd-efgh-ijkl-mnop-qrst; the device that has the key shows one, with `papo key pair` or in the settings of its window.
client-pairing-mistyped = There is a slip in the code. Compare it once more with what the other device shows.
client-pairing-no-randomness = The system gives no random numbers, and without them nothing can be encrypted. Try again.
client-pairing-unbound = Nobody can be waited for at { $address } ({ $cause }). Name another address of this computer with --address HOST, or another port with --address HOST:PORT.
client-pairing-nobody = Nobody came with the code within { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    }, and it is void now. For a new one: papo key pair
client-pairing-too-many = Others came with wrong codes again and again, so this one is void now. For a new one: papo key pair
client-pairing-unconfirmed = The key was sent, but the other device did not say that it has it. Look there: if it is not there, pair again.
client-pairing-unsent = Something that you said in { $room } is still on its way. Whoever has the new key would say it again: wait until it is sent, and then take the key.
client-pairing-withdrawn = This was given up, and the code is void now.
client-pairing-unreachable = Nobody waits at { $address } ({ $cause }). Check whether `papo key pair` still runs on the other device (a code works once and for a few minutes), whether both are in the same network, and whether a firewall there is in the way.
client-pairing-refused = The device at { $address } does not take this code: it shows another one by now, or the connection broke. Type the one that it shows.
client-pairing-stranger = What answers at { $address } does not know the code, so nothing was taken from it. Check the address, and whether `papo key pair` still runs there.
client-petname-guest = a guest has no key to be known by: the next time it is another one
client-petname-taken = you call #{ $badge } { $name } already, or so that it looks the same: choose another name
client-petname-none = you have given { $whom } no name of your own
client-petname-file = what you call others cannot be kept in { $file } ({ $cause }): check its permissions and the space on the disk
client-passphrase-short = The passphrase is too short: take { $least } characters or more. Several words that have nothing to do with one another are best.
client-passphrase-exposed = Other users of this computer may read the passphrase in { $file } (mode { $mode }). Forbid it: chmod 600 { $file }
client-passphrase-unreadable = The passphrase cannot be read from { $file } ({ $cause }). Put it into the first line of a text file.
client-store-newer = { $file } was written by a newer version of papo (format { $found }; this one knows { $known }). Update papo, or choose another folder with --profile.
client-store-damaged = { $file } is damaged or not papo's ({ $detail }). Put back a copy; or move the file away, and a new one will be made.
client-store-full = { $file } cannot be written: the disk is full. Make room; nothing that was kept is lost.
client-store-unusable = { $file } cannot be used ({ $detail }). Check the folder's owner and permissions, or choose another folder with --profile.
client-store-outbox = the outbox cannot be read
client-store-position = the position cannot be read
client-store-history = the history cannot be read
client-store-foreign = another program's database
client-known-line = Line { $number } of { $file } has no readable fingerprint behind the server's address. Put back a copy of the file, or remove the line and connect again.
client-known-file = The known servers in { $file } cannot be read or written ({ $cause }). Check the file's owner and permissions.
client-file-too-large = the file is far too large

client-config-kind = this is neither text nor a whole number nor true or false: write it as one of them
client-config-no-section = this is no section: write [window] on a line of its own, and below it what belongs there
client-config-none-of = { $text } is none of { $words }
client-config-not-between = { $text } is not a whole number from { $least } to { $most }
client-config-not-hours = { $text } is neither two times of day, such as "22:00-07:00", nor "off"
client-config-not-toml = The configuration file { $file } is not TOML in line { $line }: { $cause }. Correct it; until then nothing is written into it.
client-config-not-truth = { $text } is neither true nor false: write one of them, without quotation marks
client-config-unreadable = The configuration file { $file } cannot be read ({ $cause }). Check its permissions.
client-config-unwritable = The configuration file { $file } cannot be written ({ $cause }). Check its permissions and the free space on the disk.
client-config-wrong = { $file }, line { $line }: { $key }: { $cause }. Correct it; until then nothing is written into the file.

# What a person has typed. Clauses; what comes before ends with a colon.
client-name-empty = the name is empty: say what you want to be called, with 1 to { $most } characters
client-name-too-long = the name has { $chars } characters: shorten it to at most { $most }
client-name-character = the name holds the character { $character }, which cannot be seen or changes the text's direction: remove it
client-room-length = the room's name has { $bytes } characters: it needs 1 to { $most }
client-room-character = the room's name holds a character it cannot have: use a-z, 0-9, '.', '_' and '-', and begin with a letter or digit
client-room-reserved = this name is reserved for the server's own pages: choose another one for the room
client-address = { $text } is not an address: write HOST, HOST:PORT or [IPV6]:PORT, for example 127.0.0.1:12345
client-invite-link = this is not an invite: it looks like https://HOST:PORT/ROOM#FINGERPRINT; copy it whole
client-invite-fingerprint = the invite's fingerprint (52 characters after '#') is missing or damaged: copy the link whole
client-body-empty = the message is empty: write something
client-body-too-large = the message has { $bytes } bytes, at most { $most } can be sent: split it into several
client-body-shape = the message is several things at once, a reply and a correction perhaps: send them one by one
client-body-act = this cannot be asked of a room: a reason has at most { $most } characters, numbers are at least 1, and a role is moderator or owner
client-outbox-full = { $count } messages wait to be sent: try again when some of them are

# What a server says, by its code.
client-said-misunderstood = this program and the server do not understand each other ({ $text }): update the older of the two
client-said-name = this name cannot be used here: choose another one
client-said-room = this room's name cannot be used: choose another one
client-said-body = the message is empty or of a kind that the server does not know: write it anew, or update papo
client-said-too-large = the message is longer than this server takes: split it into several
client-said-join-first = nothing is joined yet: come into the room first
client-said-already-joined = this connection is in a room already: use another one for another room
client-said-bad-proof = the server does not accept the proof of your key: connect again; if that does not help, update the older of the two
client-said-id-reused = another message was sent under the same number already: send this one anew
client-said-too-fast = messages come faster than this server takes them: nothing is lost, but what follows waits; write more slowly
client-said-log-failed = the server cannot store anything at the moment; nothing sent before is lost. It will be tried again; tell whoever runs the server
client-said-no-entry = there is no such room, or you need an invite for it: ask somebody inside for one
client-said-invite-expired = this invite no longer holds: ask for a new one
client-said-invite-used = as many as may have come in by this invite already: ask for a new one
client-said-invite-revoked = this invite was taken back: ask for a new one
client-said-banned = you were shut out of this room: talk to whoever keeps order there
client-said-locked = nobody new is let in at the moment: try again later
client-said-muted = you may read but not speak here at the moment
client-said-slow-mode = everybody waits between two messages here: it will be sent again in a while
client-said-announce-only = only those who keep order speak here at the moment
client-said-not-allowed = you may not do that here: ask somebody who keeps order
client-said-bad-act = this cannot be done: look at who is here and what holds now
client-invite-secret = the invite's secret (32 characters after the dot) is damaged: copy the link whole
client-closing-kicked = Somebody who keeps order has put you out of the room.
client-closing-kicked-why = Somebody who keeps order has put you out of the room: “{ $why }”
client-closing-banned = Somebody who keeps order has shut you out of the room.
client-closing-banned-why = Somebody who keeps order has shut you out of the room: “{ $why }”
client-closing-too-many = too much comes from your key or your address: wait a while and connect again
client-closing-stopping = The server is stopping or restarting; nothing is lost.
client-closing-stopping-words = The server is stopping or restarting; nothing is lost. It says: “{ $text }”
client-closing-too-large = something was sent that is longer than the server takes: split it into several
client-closing-too-late = the room was not entered in time: connect again
client-closing-silent = nothing was heard from here for too long: connect again
client-closing-too-slow = too little of what is said was taken here: check the network and connect again
client-closing-full = the server holds as many connections as it may: try again in a while
client-closing-left = you have left

# Commands that every surface has.
client-me-usage = /me needs what you are doing: /me waves
client-whois-usage = /whois needs somebody: /whois NAME, or NAME#abcd where several are called so
client-unignore-usage = /unignore needs somebody: /unignore NAME; /ignore alone lists those whom you ignore
client-search-usage = /search needs what to look for: /search cake
client-history-usage = /history takes a number from 1 to { $most }
client-no-direct = messages to one person only are not there yet: whatever you write here is read by everybody in the room
client-no-away = papo tells nobody whether you are away, so there is nothing to set
client-edit-usage = /edit needs what your last message says instead: /edit TEXT. /edit ^2 TEXT changes the one of yours before it
client-delete-usage = /delete takes back your last message; /delete ^2 the one before it
client-reply-usage = /reply needs the answer: /reply TEXT. /reply ^2 TEXT answers the second to last message of the others
client-react-usage = /react needs an emoji: /react 👍, or by its name, /react :heart:
client-react-unknown = { $word } is no emoji that is known here: write the emoji itself, or a name such as :tada: or :heart:
client-theme-usage = /theme takes light, dark or system (as the system is)
client-theme-terminal = the colours of a terminal are its own: choose light or dark in its settings. In papo's window there is /theme
client-times-usage = /timestamp takes on or off (whether messages have their time beside them), or 24 or 12 (how times of day are written)
client-times-usage-terminal = /timestamp takes on or off: whether lines begin with the time, until you leave
client-which-zero = messages are counted from 1: ^1 is the last one
client-which-none-own = there is nothing of yours here that could be changed or taken back: only what you have said with this key is yours
client-which-none-others = nobody else has said anything here yet
client-which-too-far = { $count ->
        [one] there is only { $count } message
       *[other] there are only { $count } messages
    } of that kind here, and { $place } were counted from the end: older ones come with /history
client-which-not-here = message { $number } is not among those shown here: older ones come with /history
client-which-not-yours = message { $number } is not yours: nobody can change or take back what another one has said
client-which-on-its-way = that message is not in the room yet: wait until it is, then say it again; one that could not be sent can be given up
client-which-not-at-end = the newest messages are not shown at the moment, so it is not clear which one you mean: go to the end (Esc), then press Enter again
client-who = { $count ->
    [one] Here: { $names }
   *[other] Here ({ $count }): { $names }
}
client-who-more = { $count } more
client-whois-here = { $who } is here. Key: { $id } (badge { $badge })
client-whois-gone = { $who } is not here now, as far as can be told. Key: { $id } (badge { $badge })
client-whois-guest = { $who } is a guest, without a key: the next time it is another one
client-petname = { $petname } ({ $name })
client-called-nobody = You have given nobody a name of your own.
client-ignored = You see nothing of { $name } any more; nobody else learns of it. /unignore takes it back.
client-ignored-no-more = You see again what { $name } says.
client-ignored-nobody = You ignore nobody.
client-ignored-file = whom you ignore cannot be kept in { $file } ({ $cause }): check its permissions and the space on the disk
client-ignore-oneself = that is yourself
client-mentions-none = Nothing here names you or answers you, as far as this computer has kept it.
client-mentions-no-more = That was the first message that names you, as far as this computer has kept it. You are at the end again.
