# papo bench: what is measured, what came of it, and the page with it.

# The target and its load, in one line: a list of some of these.
bench-target-yardstick = yardstick
bench-target-given = given server
bench-listeners = { $count ->
    [one] { $count } listener
   *[other] { $count } listeners
}
bench-writers = { $count ->
    [one] { $count } writer
   *[other] { $count } writers
}
bench-some-handshakes = { $count ->
    [one] { $count } handshake
   *[other] { $count } handshakes
}
bench-some-idle = { $count ->
    [one] { $count } idle connection
   *[other] { $count } idle connections
}
bench-more-at-once = { $count } more at once
bench-slow-listeners = { $count ->
    [one] { $count } slow listener
   *[other] { $count } slow listeners
}
bench-rooms = { $count } rooms
bench-servers = { $count } servers
bench-bytes = { $count } bytes
bench-messages-a-second = { $count ->
    [one] { $count } message a second
   *[other] { $count } messages a second
}
bench-in-flight = { $count } in flight
bench-log-none = no log
bench-log-os = log without waiting for the disk
bench-log-disk = log on the disk

# The table: a name of at most 24 characters, a figure, and what it is about.
bench-messages = messages
bench-deliveries = deliveries
bench-a-second = { $rate } a second
bench-lost = lost
bench-repeated = { $count } repeated
bench-record = a TLS record
bench-record-note = deliveries, each { $bytes } bytes encrypted
bench-cpu = server CPU
bench-cpu-note = a delivery (user { $user }, system { $system }), { $cores } cores
bench-disk = disk
bench-disk-note = to make 4 KiB durable, half of the time at most; p99 { $time }
bench-memory = server memory
bench-memory-note = after the load, { $before } before
bench-came-in-memory = memory
bench-came-in-memory-note = of the server for { $who }
bench-came-in-cpu = handshake and join
bench-came-in-cpu-note = of server CPU for { $who }
bench-who-active = a listener or writer
bench-who-idle = an idle connection
bench-handshakes = handshakes
bench-handshakes-note = within { $time }
bench-handshakes-note-cpu = within { $time }, { $cpu } of server CPU each
bench-idle = idle connections
bench-idle-note = in within { $time }
bench-rest = server at rest
bench-of-a-core = of a core
bench-storm = storm
bench-storm-note = in within { $time }, { $refused } refused
bench-storm-latency = latency in the storm
bench-storm-latency-note = p99 of the others' messages; p50 { $half }, max { $longest }
bench-read-on = read on later
bench-read-on-note = { $listeners ->
    [one] of { $listeners } slow listener
   *[other] of { $listeners } slow listeners
}; { $count ->
    [one] { $count } message left out, and said so
   *[other] { $count } messages left out, and said so
}
bench-generator = generator
bench-busy = busy
bench-latency = latency
bench-echo = echo
bench-longest = max
bench-bottleneck = The load generator was the bottleneck: the server could do more than this says.

# The page.
bench-head-deliveries = deliveries a second
bench-head-of-messages = of { $rate } messages
bench-head-half = latency, half within
bench-head-nearly-all = 99 of 100 within
bench-head-longest = longest { $time }
bench-head-lost = lost or repeated
bench-head-of = of { $count }
bench-head-cpu = server CPU a delivery
bench-head-cores = { $cores } cores
bench-head-idle-memory = memory each idle connection
bench-head-rest = server CPU at rest
bench-head-storm = the storm was in after
bench-head-storm-note = { $joined } in, { $refused } refused
bench-plot-latency = Latency over time
bench-plot-latency-note = half, 99 of 100, and the longest of each moment
bench-plot-percentiles = Latency by percentile
bench-plot-percentiles-note = this share of all deliveries took at most so long
bench-plot-deliveries = Deliveries a second
bench-plot-deliveries-note = at all members together
bench-plot-memory = Server memory
bench-plot-memory-note = resident
bench-table = All figures
bench-table-delivery = latency at every member
bench-table-echo = latency back at its writer
bench-foot = Latency counts from when a message should have been sent until a member had it, decrypted. A delivery is one message at one member. All connections are TLS 1.3 with AES-128-GCM.
bench-again = Again:

# What happens meanwhile.
bench-come-writers = { $count ->
    [one] { $count } writer comes in
   *[other] { $count } writers come in
}
bench-come-listeners = { $count ->
    [one] { $count } listener comes in
   *[other] { $count } listeners come in
}
bench-come-slow = { $count ->
    [one] { $count } slow listener comes in
   *[other] { $count } slow listeners come in
}
bench-come-idle = { $count ->
    [one] { $count } idle member comes in
   *[other] { $count } idle members come in
}
bench-come-storm = { $count ->
    [one] { $count } more comes in
   *[other] { $count } more come in at once
}
bench-resting = nothing happens for { $seconds } s
bench-draining = waiting until everybody has everything
bench-moment = { $rate } deliveries/s   p50 { $half }   p99 { $nearly }

# Why nothing was measured.
bench-nobody = there is nobody to measure: say --listeners, --idle, --storm or --handshakes
bench-few-writers = { $rooms } rooms need a writer each: say --writers { $rooms } or more
bench-small-window = each writer needs a message in flight: say --window { $writers } or more
bench-carrier-needs-invite = the started server is papo and speaks lines and WebSocket: for another carrier, start a server of its kind and say its INVITE
bench-yardstick-speaks-lines = the yardstick speaks lines and nothing else: leave out --carrier
bench-few-listeners = nobody hears the writers in every room: say --listeners { $rooms } or more
bench-no-server = the server to be measured did not start ({ $cause }): try `papo serve -p 0` by itself
bench-no-output = it has no output
bench-no-address = its address is unknown
bench-no-invite = { $cause }: "{ $line }"
bench-not-joined = a member could not join ({ $cause }): check the server's limits, and that its rate is off
bench-handshakes-wait = { $waiting } of { $count } handshakes wait
bench-members-wait = { $waiting } of { $count } wait
bench-connection-lost = connection { $index } was lost: { $cause }
bench-said-no = the server said no
bench-not-let-in = the server did not let it in
bench-during-handshake = { $cause }, during its handshake
bench-system = the system does not let the load generator work: { $cause }
bench-other-fingerprint = the server has another fingerprint than its invite says
bench-old-tls = TLS 1.2 is not spoken here
bench-no-key = no key in the certificate
bench-strange = the server does not speak this carrier: { $detail }
bench-strange-payload = a payload without a length
bench-strange-frame = a WebSocket frame of an unexpected kind
bench-strange-length = an endless WebSocket frame
bench-strange-element = an XML element ends that has not begun
bench-strange-packet = an MQTT packet with an endless length
