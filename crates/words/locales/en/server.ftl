# The server: why it does not start, and what is wrong with its files.

server-unreadable = { $file } cannot be read ({ $cause }): check that it exists and that this user may read it
server-not-pem = { $file } is not a PEM file with a certificate or an unencrypted private key ({ $cause })
server-exposed = { $file }: this private key can be read by every user of this machine: type `chmod 600` and the file's name, and make a new key if others may have read it
server-not-a-pair = { $certificate } and { $key } do not belong together: give the certificate that was made for this key
server-unusable = { $file } cannot be used for TLS 1.3 ({ $cause }): use a key of type ECDSA P-256 or RSA with 2048 bits or more
server-exists = { $file } is there already and is not replaced: move it away first, or choose another folder
server-half = { $missing } is missing, but { $there } is there: put the missing one back from a copy. If there is none, move the other one away as well: then both are made anew, and everybody needs a new invite (`papo invite`)
server-not-written = { $file } cannot be written ({ $cause }): check the folder and its permissions
server-not-made = the certificate cannot be made ({ $cause }): check the names and addresses it is for
server-folder = the folder { $folder } cannot be made ({ $cause }): choose another with --data, or change its permissions
server-port-taken = { $address } is taken: another program, perhaps another papo, listens there. Stop it, or choose another port with -p
server-port-forbidden = { $address } may not be used by this user: choose a port above 1023 with -p
server-not-our-address = { $address } is no address of this machine: choose one of its own with -ip, or 0.0.0.0 for all of them
server-tls = TLS cannot be set up: { $cause }
server-system = the system does not let the server work: { $cause }
server-panicked = a part of the server has failed, see the log above; what was echoed is kept, start it again

# The log of messages.
server-log-disk-full = { $file }: no space is left for more messages. Nothing that was stored is lost, and storing goes on by itself once there is space: free some on this disk, or raise the size limit of the log
server-log-failed = { $file }: storing messages failed ({ $cause }), and nothing more is stored until a restart. Check the disk and the system's own log first, then start papo again: it finds all it has acknowledged
server-log-unreadable = { $file }: reading stored messages failed ({ $cause }). Check the disk and the system's own log
server-log-corrupt = { $file }: the message log is damaged ({ $cause }). Put back a backup of it, or move it away to start with an empty one
server-log-newer = { $file }: this message log was written by a newer papo (its format is { $found }, this papo knows up to { $known }). Start that papo or a later one
server-log-foreign = { $file }: this is another program's database, not a message log. Name another file
server-log-in-use = { $file }: another program is using this message log. Stop it, or name another file
server-log-not-writable = { $file }: the message log cannot be written here ({ $cause }). Give the user that runs papo the right to write to the file and its folder, or name another folder
server-log-no-folder = { $file }: there is no such folder for the message log. Make it, or name another one
server-log-not-a-file = { $file }: the message log should be a file, but this is a folder. Name a file in it
server-log-unsafe = { $file }: the database refuses to work safely here ({ $setting } is { $found }, not { $wanted }). Put the message log on a local disk
server-log-away = { $engine }: the message log cannot be reached at the moment ({ $cause }). Nothing that was stored is lost, and papo goes on by itself once it answers: see that it runs, and that the network between is whole
server-log-refused = { $engine }: the message log cannot be used ({ $cause }). Check the address, user and password, and the engine's own log
server-log-unsafe-engine = { $engine }: what is stored here would not be safe ({ $setting } is { $found }). Set it to { $wanted } in the engine's configuration
server-log-replaced = { $engine }: the message log was restored or made anew meanwhile. Start papo again: everybody's copy is then made anew as well
server-log-unopened = { $file }: the message log cannot be opened ({ $cause }). Check the path and the disk
