# The line mode: join, send and tail. An aside begins with an asterisk.

chat-kept-for-later = * Not connected: this is kept, and sent when the server is back.
chat-back = * Connected again.
chat-line-not-utf8 = the input is not UTF-8: convert it first, for example with iconv
chat-line-too-long = the line is too long for a message: split it into several
chat-lines-not-sent = some lines were not sent; what is wrong with them stands above
chat-me-needs-text = /me needs what you are doing: /me waves
chat-new-log = * The room has begun anew: its earlier messages are gone.
chat-nothing-kept = * Nothing of this room is kept here yet: what `papo join` shows is kept for reading offline.
chat-nothing-to-say = there is nothing to say: write a text behind `papo send`, or give one on standard input
chat-help = * Write a line to say it. Lines that begin with / are commands:
    { "    " }/help            this list
    { "    " }/nick NAME       be called something else
    { "    " }/me TEXT         say what you are doing
    { "    " }/who             who is here
    { "    " }/history [N]     N messages older than those shown (20)
    { "    " }/leave, /quit    leave the room
    { "    " }//text           say /text
chat-ask = The server at { $address } is not known here yet. Its fingerprint is
    { "  " }{ $fingerprint }
    Compare it with what the server's operator says (`papo serve` shows it). Is it the same? [y/N]
# What a person may answer to that besides y and yes, in small letters, with blanks between.
chat-yes = y yes
chat-waiting = * { $why } Trying again in { $seconds } s.
chat-still-waiting = * Still no connection. Trying again in { $seconds } s.
chat-joined = * You are in { $room } as { $you }, { $with }. /help lists the commands.
chat-alone = alone so far
chat-with = with { $names }
chat-with-others = { $count ->
    [one] with { $count } other person
   *[other] with { $count } others
}
chat-here = * Here: { $names }
chat-here-and-more = * Here: { $names } and { $more } more
chat-came = { $count ->
    [one] * { $names } came. { $count } person is here.
   *[other] * { $names } came. { $count } people are here.
}
chat-went = { $count ->
    [one] * { $names } left. { $count } person is here.
   *[other] * { $names } left. { $count } people are here.
}
chat-nobody = Nobody
chat-renamed = * { $before } is called { $name } now.
chat-guest = { $who } (guest)
chat-you-are = * You are called { $name } now.
chat-older-none = * There are no older messages.
chat-older-more = { $count ->
    [one] * { $count } older message; /history shows more:
   *[other] * { $count } older messages; /history shows more:
}
chat-older-first = { $count ->
    [one] * { $count } older message, the room's first:
   *[other] * { $count } older messages, the room's first:
}
chat-namesake-here = * You are shown as { $you } now: another { $other } is here.
chat-namesake-spoke = * You are shown as { $you } now: another { $other } has spoken here.
chat-replies = { $who } replies to { $to } ("{ $words }"): { $text }
chat-replies-to-number = { $who } replies to { $number }: { $text }
chat-changed = { $who } changed { $quoted } to: { $text }
chat-took-back = { $who } took back: { $quoted }
chat-took-back-number = { $who } took back { $number }
chat-cannot-change = { $who } cannot change what { $whose } said ("{ $words }") to: { $text }
chat-cannot-take-back = { $who } cannot take back what { $whose } said ("{ $words }")
chat-reacts = { $who } reacts with { $emoji } to { $quoted }
chat-no-longer-reacts = { $who } no longer reacts with { $emoji } to { $quoted }
chat-truncated = * The server no longer keeps what came before message { $next }.
chat-refused = * The server: { $text }
chat-refused-wait = * The server: { $text } ({ $seconds } s)
chat-not-sent = The message was not sent: { $text }
chat-it-was = It was: { $text }
chat-history-number = /history takes a number from 1 to { $most }
chat-nick = /nick NAME: { $why }
chat-bad-line = * Not sent: { $why }
chat-unknown-command = there is no /{ $command }. /help lists the commands; // in front says it as text
chat-input-unreadable = standard input cannot be read: { $cause }
chat-input-too-long = the input is longer than a message may be ({ $most } bytes): send it line by line with --lines, or split it
chat-resending = { $count ->
    [one] * { $count } message from last time, not sent yet, goes out now.
   *[other] * { $count } messages from last time, not sent yet, go out now.
}
chat-kept = { $count ->
    [one] { $count } message could not be sent. It is kept and goes out at the next `papo join` to this room.
   *[other] { $count } messages could not be sent. They are kept and go out at the next `papo join` to this room.
}
chat-timed-out-before-joining = nothing was sent: the room was not reached within { $seconds } s. Check the network, or allow more time with --timeout SECONDS.
chat-timed-out-unknown = { $count ->
    [one] the connection was lost, and within { $seconds } s it did not become certain that the room has { $count } message: it may have been stored. Look with `papo tail --after 0 --no-follow` before you send again.
   *[other] the connection was lost, and within { $seconds } s it did not become certain that the room has { $count } messages: they may have been stored. Look with `papo tail --after 0 --no-follow` before you send again.
}
