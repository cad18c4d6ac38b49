// The protocol's bounds that the page needs, with the names that docs/PROTOCOL.md has for them. The vectors' tests
// compare them with the page.

export const PROTOCOL_VERSION = 1;
export const NAME_CHARS_MAX = 64;
export const ROOM_BYTES_MAX = 64;
export const ROOM_DEFAULT = "lobby";
export const BODY_BYTES_MAX = 48 * 1024;
export const HISTORY_MESSAGES_MAX = 200;
export const SERVERS_MAX = 16;
/** How long the server may be silent before it is asked, in milliseconds. */
export const PING_AFTER_MS = 20_000;
/** How long it may be silent before the connection counts as broken. */
export const SILENCE_MS_MAX = 45_000;
/** How long somebody counts as writing after the last word of it. */
export const TYPING_MS = 5_000;
/** How often one's own writing is told at most. */
export const TYPING_EVERY_MS = 3_000;
/** How many messages are kept; from then on each new one drops the oldest, which the history still has. */
export const MESSAGES_KEPT_MAX = 50_000;
/** How many different emoji one message shows. */
export const EMOJI_PER_MESSAGE_MAX = 50;
/** How long lines of one person stay together without their name, in milliseconds. */
export const GROUP_MS = 5 * 60_000;
