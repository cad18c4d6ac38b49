# The window.

window-start = Join a room
window-start-target = Invite link or address
window-start-name = Your name
window-start-join = Join
window-invite = Invite
window-connecting = connecting…
window-connected = connected
window-connected-in = connected, { $ms } ms
window-waiting = reconnecting…
window-stopped = not connected
window-message = Message
window-send = Send
