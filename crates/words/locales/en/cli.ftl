# The command line: what is wrong with what was typed, the configuration file, serve, cert and invite.

cli-links-here = papo:// links open papo from now on, and papo is in the menu of programs. `papo desktop --remove-links` takes both away.
cli-links-removed = { $count ->
    [0] There was nothing to take away.
   *[other] papo is no longer in the menu of programs and opens no links.
}
cli-links-unsure = papo is in the menu of programs. Whether papo:// links open it is up to your desktop: install xdg-utils and do this again to make sure.
cli-warning = papo: warning: { $text }
cli-no-signals = signals cannot be received: { $cause }
cli-output-unwritable = standard output cannot be written: { $cause }; check where it is redirected to
cli-unwritable = { $file } cannot be written: { $cause }; check the folder's permissions
cli-unreadable = { $file } cannot be read: { $cause }; check its permissions
cli-folder = the folder { $folder } cannot be made: { $cause }; choose another one with --data DIR

# Where a value comes from. What is wrong follows behind a colon.
cli-source-variable = the environment variable { $variable }
cli-source-file = { $key } in { $file }
cli-wrong = { $source }: { $why }
cli-not-utf8 = { $source } is not UTF-8
cli-config-missing = there is no configuration file { $file }: check the path or leave --config away
cli-config-unreadable = the configuration file { $file } cannot be read: { $cause }; check its permissions
cli-config-not-toml = the configuration file { $file } is not TOML:
    { $cause }
cli-config-kind = { $key } in { $file } is neither text nor a whole number nor true or false: write it as one of them
cli-config-unknown = { $key } in { $file } is not known and is ignored: { $offer }
cli-config-mean = did you mean "{ $name }"?
cli-config-there-are = there are { $names }
cli-not-truth = { $text } is neither true nor false: write one of them
cli-not-number = { $text } is not a whole number from { $least } on
cli-not-rate = { $why }: write one, or off
cli-not-limit = { $text } is not a limit: write off, or NAME=VALUE, or several with commas between them
cli-no-limit = there is no limit { $name }: it is one of { $names }
cli-not-port = { $text } is not a port: write a whole number from { $least } to 65535
cli-not-admin = { $text } is neither a port nor an address with one: write for example 9464, or 10.0.0.5:9464
cli-not-also = { $text } is not a whole address: write HOST:PORT, several with commas
cli-too-many-servers = these are too many servers: at most { $max } are named
cli-host-port = { $text } holds a port: write the host alone, and the port with --port
cli-none-of = { $text } is none of { $words }
cli-not-seq = { $text } is not the number of a message: write a whole number from 0 on
cli-too-many-earlier = { $count } messages are too many at once: ask for at most { $most }
cli-lines-and-text = --lines reads standard input: leave the text away, or --lines
cli-port-twice = the port is said twice: in { $source } and in --port
cli-no-engine = this is not the address of a log that servers share: write postgres://USER@HOST/DATABASE or nats://HOST[,HOST]
cli-log-and-history = --log does not go together with --history none, --durability and --history-max: the engine decides those
cli-port-twice-serve = the port is said twice: leave it away in HOST:PORT or in --port
cli-no-name = your account has no name here: say what you want to be called with --name NAME
cli-cert-and-key = --cert and --key go together: name both files, or neither for the server's own
cli-acme-and-cert = --acme and --cert do not go together: leave out --cert and --key, and the server gets a certificate by itself
cli-not-acme-name = { $text } is no name that a public authority signs for: write one like chat.example
cli-not-directory = { $text } is no address of an authority: write one that begins with https://
cli-no-home = there is no home folder to keep the server's data in: name a folder with --data DIR
cli-lang = { $text } is no language that papo speaks: write en or pt

# papo serve.
cli-no-host = there is no host called { $host }: name an address of this computer, such as -ip 127.0.0.1
cli-open-to-all = Anyone who reaches this address may come in (--open). Traffic is encrypted all the same.
cli-admin = This server tells its figures at { $address }
cli-invite = The invite, for the others:
cli-health-ready = ready: { $address }
cli-health-not-ready = The server at { $address } is not ready: { $why }. Its log says more.
cli-invite-untold = No invite is printed here. `papo room lobby owner-invite` makes one for whoever is to own the room, `papo invite` one for the others.
cli-how-to-close = Ctrl-C closes the room.
cli-stopping = Stopping: everybody is told. Ctrl-C once more ends at once.
cli-stopped = The room is closed. Everything that was said is stored.
cli-stopped-gone = The room is closed, and what was said is gone (--history none).
cli-started = The room is open at { $addresses }.
    { "  " }fingerprint  { $fingerprint }
cli-started-first = { "  " }folder       { $folder }
    This is the first start: a new key and certificate were made in that folder.
cli-how-to-use = They type: { $command }
cli-with-certificate = Or with the certificate: { $command }
cli-log-in-use = { $log }: another program is using this message log, probably another `papo serve`. Stop it, or choose another folder with --data DIR

# papo cert.
cli-cert-made = Made { $key } (keep it secret) and { $certificate } (give it to whoever joins with --ca).
    The fingerprint:
cli-cert-authority =
    Made { $authority }, an authority for { $names } and nothing else. The server shows a certificate of it from its next start on, has it signed again by itself, and keeps its key: invites hold on.
    The authority's key is { $authority_key }. It must not leave this computer: whoever has it can pass for this server. Keep { $key } secret too. Whoever joined with --ca server.crt takes authority.crt from now on.
cli-cert-no-authority = { $folder } holds no authority: make one with `papo cert make --local-ca NAME`, with the names and addresses under which others reach the server
cli-cert-trust =
    To open the page without a warning, each computer and phone has to trust this file once:
      { $file }
    Copy it there by a way that nobody can change, such as a memory stick; the keys stay on the server.

    Debian, Ubuntu   sudo cp authority.crt /usr/local/share/ca-certificates/papo.crt && sudo update-ca-certificates
    Fedora, Arch     sudo trust anchor authority.crt
    Chrome on Linux  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n papo -i authority.crt
    macOS            sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain authority.crt
    Windows          certutil -addstore -user Root authority.crt
    Firefox          Settings, Privacy & Security, View Certificates, Authorities, Import: trust it for websites
    Android          Settings, Security, Encryption & credentials, Install a certificate, CA certificate
    iPhone, iPad     open the file, Settings, Profile Downloaded, Install; then General, About, Certificate Trust Settings

    Then start the browser again. papo join and the window need none of this: the invite tells them the server's key.
cli-cert-facts = file         { $file }
    fingerprint  { $fingerprint }
    valid from   { $begin }
    valid until  { $end }
    names        { $names }
cli-cert-wrong = { $file } cannot be read as a certificate: { $cause }; give one in PEM form

# papo invite.
cli-invite-never = no server has been started with the folder { $folder } yet: start one with `papo serve`, or name its folder with --data DIR
cli-invite-damaged = { $file } is damaged ({ $cause }): the next `papo serve` writes it anew
cli-invite-too-long = the link does not fit into a QR code: { $cause }

# papo key.
cli-passphrase-new = A passphrase for the key (nothing is shown as you type):
cli-passphrase-again = The same once more:
cli-passphrase-differs = the two passphrases differ, and nothing was written: try again
cli-passphrase = The key's passphrase (nothing is shown as you type):
cli-passphrase-no-terminal = nobody can be asked for the passphrase here: put it into a file that only you may read, and name it with --passphrase-file FILE
cli-passphrase-unread = no passphrase was given ({ $cause }): try again, or put it into a file and name it with --passphrase-file FILE
cli-key-exported = The key { $badge } is in { $file }. Whoever has this file and the passphrase is you; without the passphrase nobody opens it.
cli-key-imported = You are { $badge } now. A papo that is running takes it up when it is started again.
cli-key-kept = The key that was here is kept: { $file }
cli-key-same = You are { $badge } already; nothing was changed.
cli-pair-offer = On the other device, type:

    { "    " }papo key pair { $code }

    It works once, within { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    }, from a device that reaches { $address }. Whoever types it there is you from then on: show it to nobody else. Ctrl-C takes it back.
cli-pair-alone = This computer is in no network, so only somebody on it can use the code.
cli-pair-stranger = Somebody came from { $from } with another code and got nothing. If that was you, type it once more.
cli-pair-done = The device at { $from } has your key now: both are { $badge }.

# papo bench.
cli-yardstick-ended = the yardstick has ended: { $cause }
cli-report-unwritable = the report cannot be written to { $file }: { $cause }
cli-socket-wrong = what was opened for this server is no socket that listens for TCP ({ $cause }): correct ListenStream= in the socket unit, or start papo without it
cli-by-invite = Only those with an invite come in. For another one: papo room { $room } invite
cli-first-owner = Whoever comes first by this invite owns the room: use it yourself before you pass it on.
cli-room-unknown = there is no command { $command }: papo room --help lists them
cli-room-shared = the server in { $folder } shares its log with others ({ $engine }) and does not run: start it, or do this on another server that shares the log
cli-room-unreachable = the server in { $folder } cannot be asked ({ $cause }): try again, or stop it first
cli-room-no-random = the system gives no random numbers: try again
cli-room-no-answer = the server answers something else: update papo here and there

# papo room ROOM access.
cli-access-in = come in
cli-access-in-all = everybody who reaches the server
cli-access-in-invited = those with an invite
cli-access-in-nobody = nobody new: the room is locked
cli-access-speak = speak
cli-access-speak-all = everybody
cli-access-speak-staff = moderators and owners only
cli-access-slow = slow
cli-access-slow-off = off
cli-access-slow-on = { $seconds } s between two messages
cli-access-slow-auto = { $seconds } s between two messages, depending on how many are here
cli-access-staff = Owners and moderators
cli-access-owner = owner
cli-access-moderator = moderator
cli-access-bans = Banned
cli-access-mutes = Muted
cli-access-until = until { $time }
cli-access-for-good = no end
cli-access-invites = Invites
cli-access-by = by { $who }
cli-access-used = { $count ->
    [0] nobody came in
   *[other] { $count } came in
}
cli-access-left = { $count } more may
cli-access-any = any number may
cli-access-makes-owner = makes an owner
cli-owner-there = the room { $room } has an owner already. For another one: papo room { $room } op NAME owner
