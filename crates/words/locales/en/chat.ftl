# The line mode: join, send and tail. An aside begins with an asterisk.

chat-kept-for-later = * Not connected: this is kept, and sent when the server is back.
chat-back = * Connected again.
chat-line-not-utf8 = the input is not UTF-8: convert it first, for example with iconv
chat-line-too-long = the line is too long for a message: split it into several
chat-lines-not-sent = some lines were not sent; what is wrong with them stands above
chat-new-log = * The room's log was replaced (put back from a backup, or made anew): what stands above is void. What is there now:
chat-nothing-kept = * Nothing of this room is kept here yet: what `papo join` shows is kept for reading offline.
chat-nothing-to-say = there is nothing to say: write a text behind `papo send`, or give one on standard input
chat-help = * Write a line to say it. Lines that begin with / are commands:
    { "    " }/help            this list
    { "    " }/nick NAME       be called something else
    { "    " }/me TEXT         say what you are doing
    { "    " }/call WHOM NAME  call somebody so yourself: only you see it; /call WHOM takes it back, /call lists
    { "    " }/who             who is here; /whois WHOM: what is known of somebody
    { "    " }/ignore WHOM     see nothing of somebody any more; /unignore WHOM, and /ignore lists
    { "    " }/search TEXT     what was said here, as far as this computer has kept it
    { "    " }/shrug [TEXT]    add ¯\_(ツ)_/¯; /clear empties the screen
    { "    " }/history [N]     N messages older than those shown (20)
    { "    " }/reply TEXT      answer the last message of the others; /react EMOJI puts a sign under it, or takes it away
    { "    " }/edit TEXT       change your last message; /delete takes it back
    { "    " }                 /reply ^2 TEXT, /delete ^2: the one before it; ^#812: the one of this number (`papo tail --json` tells them)
    { "    " }/timestamp on|off  lines begin with the time, or do not
    { "    " }/leave, /quit    leave the room
    { "    " }/invite [N] [TIME]  make an invite for N people, for a time such as 2h or 7d
    { "    " }/kick, /ban, /mute WHOM [TIME] [WHY]; /unban, /unmute WHOM
    { "    " }/op WHOM [owner], /deop WHOM; /lock, /unlock; /announce on|off
    { "    " }/slow TIME|auto|off; /revoke INVITE; /access, /audit
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
chat-called = * You call { $who } { $name } from now on. Only you see it.
chat-called-no-more = * { $who } is shown by the name they chose again.
chat-called-list = * Your names for others: { $list }
chat-called-nobody = * You have given nobody a name of your own. /call WHOM NAME does.
chat-called-not = you have given { $who } no name of your own
chat-call-wrong = /call NAME: { $why }
chat-petname = { $petname } ({ $name })
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
chat-double = * Take care: { $newcomer } is here now, who is not { $present }. The sign behind the name (#) tells them apart.
chat-replies = { $who } replies to { $to } ("{ $words }"): { $text }
chat-replies-to-ignored = { $who } replies to an ignored person: { $text }
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
chat-slowed = * This server takes messages more slowly than yours come. Nothing is lost: { $waiting ->
        [one] one waits and is sent by itself, in { $seconds } s
       *[other] { $waiting } wait and are sent by themselves, the next in { $seconds } s
    }
chat-not-sent = The message was not sent: { $text }
chat-it-was = It was: { $text }
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
chat-operator = whoever runs the server
chat-order-whom = /{ $command } needs somebody: /{ $command } NAME, or NAME#abcd where several are called so
chat-order-switch = /{ $command } takes on or off
chat-order-slow = /slow takes a time such as 10s or 2m, auto to follow how many are here, or off
chat-order-invite = /invite takes how many may come in by it (a number) and for how long (such as 2h or 7d), or nothing
chat-order-revoke = /revoke needs the first characters of an invite; /access lists them
chat-order-no-invite = there is no single invite that begins with { $invite }; /access lists them
chat-order-nobody = nobody called { $whom } is known here: known are those who are here and those with a role, a ban or a mute; an id works always
chat-order-several = several are called { $whom }: { $names }
chat-order-no-link = the link needs the server's fingerprint: come in by an invite link, or ask whoever runs the server for one (papo room ROOM invite)
chat-invite-link = * The invite: { $link }
chat-act-kick = { $who } put { $whom } out
chat-act-ban = { $who } banned { $whom }
chat-act-ban-for = { $who } banned { $whom } for { $time }
chat-act-unban = { $who } took back the ban of { $whom }
chat-act-mute = { $who } muted { $whom }
chat-act-mute-for = { $who } muted { $whom } for { $time }
chat-act-unmute = { $who } lets { $whom } speak again
chat-act-slow = { $who } turned on slow mode: { $time } between two messages
chat-act-slow-auto = { $who } turned on slow mode that follows how many are here
chat-act-slow-off = { $who } turned off slow mode
chat-act-announce = { $who } lets only moderators and owners speak
chat-act-announce-off = { $who } lets everybody speak
chat-act-lock = { $who } locked the room: nobody new comes in
chat-act-unlock = { $who } unlocked the room
chat-act-op = { $who } made { $whom } a moderator
chat-act-own = { $who } made { $whom } an owner
chat-act-deop = { $who } took the role of { $whom } away
chat-act-invite = { $who } made the invite { $invite }
chat-act-revoke = { $who } took back the invite { $invite }
chat-act-enter = { $who } came in by the invite { $invite }
chat-act-enter-owner = { $who } came in first and owns the room
chat-act-unknown = { $who } did something that this version does not know
chat-access-open = * Everybody who reaches the server may come in.
chat-access-by-invite = * The room is by invite.
chat-access-locked = * It is locked: nobody new comes in.
chat-access-announce = * Only moderators and owners speak.
chat-access-slow = * Slow mode: { $seconds } s between two messages.
chat-access-slow-auto = * Slow mode follows how many are here.
chat-access-muted = * You may not speak at the moment.
chat-access-owners = * Owners: { $names }
chat-access-moderators = * Moderators: { $names }
chat-access-bans = * Banned: { $names }
chat-access-mutes = * Muted: { $names }
chat-access-invites = * Invites: { $invites }
chat-quote-ignored = what an ignored person said
chat-not-done = { $line }: not done, since what was said before it is not in the room yet; say it again once it is
chat-ignored-list = * You see nothing of: { $list }
chat-found = { $count ->
    [0] * Nothing found in what this computer has kept.
    [one] * { $count } message found:
   *[other] * { $count } messages found:
}
