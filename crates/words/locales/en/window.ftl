# The window.

window-act-announce = { $who } let only moderators speak.
window-act-announce-off = { $who } let everybody speak again.
window-act-ban = { $who } banned { $whom }.
window-act-deop = { $who } took the role of { $whom } away.
window-act-enter = { $who } came in by an invite.
window-act-invite = { $who } made an invite.
window-act-kick = { $who } put { $whom } out.
window-act-lock = { $who } locked the room: nobody new comes in.
window-act-lock-off = { $who } unlocked the room.
window-act-mute = { $who } let { $whom } only read.
window-act-op = { $who } made { $whom } a moderator.
window-act-owner = { $who } made { $whom } an owner.
window-act-revoke = { $who } took an invite back.
window-act-slow = { $who } set a pause between two messages: { $seconds } s.
window-act-slow-auto = { $who } let the pause between messages follow how many are here.
window-act-slow-off = { $who } took the pause between messages away.
window-act-unban = { $who } took back the ban of { $whom }.
window-act-unmute = { $who } let { $whom } speak again.
window-act-why = Why: { $why }
window-add-room = + Join a room
window-announce-many = { $count } new messages
window-beginning = The room begins here.
window-cancel = Cancel
window-change-delete = Taking back a message
window-change-react = A reaction
window-close = Close
window-connected = connected
window-connected-in = connected, { $ms } ms
window-connecting = connecting…
window-copy = Copy
window-copy-message = Copy the message
window-delete = Take back
window-delete-question = Take this message back?
window-delete-words = The others will see that there was one. Who has read it already has read it.
window-deleted = This message was taken back.
window-discard = Discard
window-edit = Change
window-edited = changed
window-editing = You are changing a message
window-encrypted = encrypted to the server
window-encrypted-why = On the network nobody else can read along. The server itself can read the messages of this room.
window-failed = not sent
window-found = { $count ->
    [0] Nothing found
    [one] { $count } found
   *[other] { $count } found
}
window-found-at = { $at } of { $count }
window-gap = Some messages are missing here
window-go-to-answered = Go to that message
window-invite = Invite
window-kept = waiting for the connection
window-key-choose-above = Choose a message, the one above
window-key-choose-below = The message below
window-key-end = The newest message
window-key-first-unread = The first unread message
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
window-mark-read = Mark as read
window-members = Who is here
window-members-more = and { $count } more
window-message-to = Message to { $room }
window-more = More
window-new = { $count } new ↓
window-no-command = There is no command { $command }. To say it as text, write / twice; F1 shows the commands.
window-no-files = Files cannot be sent yet. That comes in a later version; until then send a link.
window-not-sent = Not sent: { $why }
window-older = Older messages…
window-reply = Reply
window-reply-elsewhere = An earlier message
window-replying = You are answering { $name }
window-replying-gone = You are answering an earlier message
window-retry = Try again
window-room-unread = { $room }, { $count } unread
window-rooms = Rooms
window-search = Search
window-search-hits = What was found
window-search-newer = ↓ newer
window-search-older = ↑ older
window-searching = Searching…
window-send = Send
window-sending = sending…
window-settings = Settings
window-show-all = Show the rest ({ $bytes } bytes)
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
window-waiting = reconnecting…
window-you = { $name } (you)
window-no-display = No window can be opened here ({ $cause }). On a computer without a screen use `papo join`; over SSH, forward the display.
window-notify-hidden = A new message
window-notify-title = { $name } in { $room }
