# The window.

window-access = How { $room } stands
window-access-asked = Asking the server…
window-access-by-invite = Only who has an invite comes in.
window-access-menu = Who may do what
window-access-open = Everybody who reaches the server may come in.
window-access-you = You are here as: { $role }.
window-act-announce = { $who } let only moderators speak.
window-act-announce-off = { $who } let everybody speak again.
window-act-ban = { $who } banned { $whom }.
window-act-deop = { $who } took the role of { $whom } away.
window-act-enter = { $who } came in by an invite.
window-act-invite = { $who } made an invite.
window-petname = { $petname } ({ $name })
window-act-kick = { $who } put { $whom } out.
window-act-lock = { $who } locked the room: nobody new comes in.
window-act-lock-off = { $who } unlocked the room.
window-act-mute = { $who } let { $whom } only read.
window-act-op = { $who } made { $whom } a moderator.
window-act-operator = Whoever runs the server
window-act-owner = { $who } made { $whom } an owner.
window-act-revoke = { $who } took an invite back.
window-act-slow = { $who } set a pause between two messages: { $seconds } s.
window-act-slow-auto = { $who } let the pause between messages follow how many are here.
window-act-slow-off = { $who } took the pause between messages away.
window-act-unban = { $who } took back the ban of { $whom }.
window-act-unmute = { $who } let { $whom } speak again.
window-act-why = Why: { $why }
window-add-room = + Join a room
window-and-more = { $count } more
window-announce = Only moderators and owners speak
window-announce-many = { $count } new messages
window-announce-only = Only moderators and owners speak here for now.
window-ask-ban = Ban { $name }?
window-ask-ban-words = They go out and are let in no more, whatever invite they have.
window-ask-kick = Put { $name } out?
window-ask-kick-words = They can come again where the room is open or with another invite.
window-ask-mute = Let { $name } only read?
window-ask-mute-words = They stay in the room and cannot speak in it.
window-ask-own = Make { $name } an owner?
window-ask-own-words = An owner may do everything here that you may, also to you.
window-audit = What was done
window-audit-none = Nothing was done in this room yet besides talking.
window-audit-title = What was done in { $room }
window-banned = Banned
window-beginning = The room begins here.
window-came = { $count ->
    [one] { $names } came in.
   *[other] { $names } came in.
}
window-cancel = Cancel
window-change-delete = Taking back a message
window-change-react = A reaction
window-close = Close
window-connected = connected
window-connected-in = connected, { $ms } ms
window-connecting = connecting…
window-copy = Copy
window-copy-message = Copy the message
window-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
window-delete = Take back
window-delete-question = Take this message back?
window-delete-words = The others will see that there was one. Who has read it already has read it.
window-deleted = This message was taken back.
window-denied-guest = Guests have no key, so a role would not stay with them.
window-denied-moderator = Only moderators and owners of the room may do that.
window-denied-offline = There is no connection.
window-denied-oneself = This is you.
window-denied-owner = Only owners of the room may do that.
window-denied-rank = Their role is as high as yours.
window-discard = Discard
window-do-ban = Ban
window-do-deop = Take the role away
window-do-kick = Put out
window-do-mute = Let only read
window-do-op = Make a moderator
window-do-own = Make an owner
window-do-revoke = Take back
window-do-unban = Take the ban back
window-do-unmute = Let speak again
window-double = Take care: { $newcomer } is here now, who is not { $present }. The sign behind the name (#) tells them apart.
window-double-seen = I have seen it
window-edit = Change
window-edited = changed
window-editing = You are changing a message
window-encrypted = encrypted to the server
window-encrypted-short = encrypted
window-encrypted-why = On the network nobody else can read along. The server itself can read the messages of this room.
window-failed = not sent
window-for-good = for good
window-found = { $count ->
    [0] Nothing found
    [one] { $count } found
   *[other] { $count } found
}
window-found-at = { $at } of { $count }
window-gap = Some messages are missing here
window-go-to-answered = Go to that message
window-host-no-answer = The server in this window does not answer. Try again.
window-host-no-network = This computer is in no network. Connect it to one, or open the room for this computer only.
window-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
window-how-long = For how long?
window-invite = Invite
window-invite-any = For any number of people
window-invite-left = { $count ->
    [one] For { $count } more person
   *[other] For { $count } more people
}
window-invite-make = Make an invite
window-invite-many = for any number of people
window-invite-one = Invite { $invite } by { $by }, { $used ->
    [0] not used yet
    [one] used once
   *[other] used { $used } times
}.
window-invite-single = for one person
window-kept = waiting for the connection
window-key-choose-above = Choose a message, the one above
window-key-choose-below = The message below
window-key-end = The newest message
window-key-first-unread = The first unread message
window-key-mention = The newest message that names or answers you, then those before it
window-key-keys = This list
window-key-larger = Larger text
window-key-members = Show or hide who is here
window-key-page-down = A page down
window-key-page-up = A page up
window-key-quit = Quit
window-key-read-all = Everything counts as read
window-key-retry = Connect now
window-key-room-above = The room above
window-key-room-below = The room below
window-key-room-unread = The next room with something unread
window-key-search = Search in this room
window-key-settings = Settings
window-key-smaller = Smaller text
window-key-switch = Go to a room by its name
window-key-top = The oldest message shown
window-key-usual-size = Text of the usual size
window-key-write = Back to writing
window-keys = Keys
window-leave = Leave the room
window-leave-question = Leave { $room }?
window-leave-words = The room goes off your list. What you have said stays in it, and you can come back.
window-left = { $bytes ->
    [one] { $bytes } byte left
   *[other] { $bytes } bytes left
}
window-links-file = { $file }: { $cause }. Nothing else was changed.
window-links-no-home = There is no home folder to write the entry of the menu into.
window-links-no-program = The place of this program cannot be written into an entry of the menu: put it into a folder whose path is plain text.
window-links-not-here = On this system papo cannot bind links to itself yet: paste them into the window.
window-lock = Nobody new comes in
window-mark-read = Mark as read
window-members = Who is here
window-members-more = and { $count } more
window-mention = Write to { $name }
window-message-to = Message to { $room }
window-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
window-more = More
window-muted = You may only read here for now.
window-muted-list = May only read
window-new = { $count } new ↓
window-no-command = There is no command { $command }. To say it as text, write / twice; F1 shows the commands.
window-no-files = Files cannot be sent yet. That comes in a later version; until then send a link.
window-no-random = The system gives no random numbers. Restart the computer and try again.
window-not-sent = Not sent: { $why }
window-notify-open = Show
window-offers = How it may go on
window-offers-key = Tab takes it, ↑ ↓ choose, Esc closes
window-older = Older messages…
window-reply = Reply
window-reply-elsewhere = An earlier message
window-reply-ignored = A message of an ignored person
window-replying = You are answering { $name }
window-replying-gone = You are answering an earlier message
window-retry = Try again
window-role-guest = guest
window-role-member = member
window-role-moderator = moderator
window-role-operator = whoever runs the server
window-role-owner = owner
window-room-unread = { $room }, { $count } unread
window-rooms = Rooms
window-search = Search
window-search-hits = What was found
window-search-newer = ↓ newer
window-search-older = ↑ older
window-searching = Searching…
window-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
window-select = Select
window-selected = { $count ->
    [one] { $count } message selected
   *[other] { $count } messages selected
}
window-send = Send
window-sending = sending…
window-settings = Settings
window-show-all = Show the rest ({ $bytes } bytes)
window-slow = Pause between two messages of a member
window-slow-auto = as many are here
window-slow-none = none
window-slow-now = In this room one waits { $seconds } s between two messages.
window-stop-hosting = Close the room for everybody
window-stop-hosting-question = Close the room for everybody?
window-stop-hosting-words = Nobody reaches it until you open it again. What was said stays on this computer.
window-stopped = not connected
window-switcher = Go to which room?
window-switcher-none = No such room. Join a new one from the list of rooms.
window-time-am = { $hour }:{ $minute } am
window-time-pm = { $hour }:{ $minute } pm
window-timeline = Messages in { $room }
window-to-end = To the newest ↓
window-to-unread = ↑ { $count } unread
window-toggle-members = Show or hide who is here
window-too-long = { $bytes ->
    [one] { $bytes } byte too long: send it in parts
   *[other] { $bytes } bytes too long: send it in parts
}
window-typing = { $count ->
    [one] { $names } is typing…
   *[other] { $names } are typing…
}
window-typing-many = { $count } people are typing…
window-unknown = This version cannot show what was said here. Update papo.
window-unread-line = new messages
window-until = until { $time }
window-waiting = reconnecting…
window-went = { $count ->
    [one] { $names } went out.
   *[other] { $names } went out.
}
window-why = Why (everybody reads it; may stay empty)
window-why-too-long = A reason has at most { $most } characters.
window-you = { $name } (you)
window-no-display = No window can be opened here ({ $cause }). On a computer without a screen use `papo join`; over SSH, forward the display.
window-notify-hidden = A new message
window-notify-title = { $name } in { $room }
window-cleared = Cleared. Open the room again to see what was said before.
window-ignore = Ignore
window-ignore-why = You see nothing more of what they say, in any room. Nobody else learns of it.
window-ignored = ignored
window-notify = Tell me about
window-notify-usual = as in the settings: { $choice }
window-paste-field = Put it into the field
window-paste-several = { $count ->
    [one] Send as { $count } message
   *[other] Send as { $count } messages
}
window-paste-title = { $count ->
    [one] Paste { $count } line?
   *[other] Paste { $count } lines?
}
window-paste-too-large = This is too much for the field. Copy a part of it, or send it another way.
window-paste-too-many = This would be more than { $most } messages at once. Put a part of it into the field, or send it another way.
window-unignore = Ignore no longer
window-key-break = A new line
window-key-cancel = Gives up answering or changing; else to the newest message
window-key-complete = Completes @name, #room, :emoji: and /command
window-key-copy = Copy it
window-key-edit = Change it, where it is yours
window-key-edit-last = While nothing is written: change your last message
window-key-empty = While nothing is written: { $what }
window-key-own-above = The line that you wrote before
window-key-own-below = The line that you wrote after it
window-key-react = Put a thumb under it, or take it away
window-key-reply = Answer it
window-key-room-number = The room with this number in the list
window-key-select = Select it, to copy it with others
window-key-select-more = Select all from there to here
window-key-send = Send
window-key-take-back = Take it back, where it is yours
window-key-rooms = Show or hide the rooms
