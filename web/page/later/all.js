// Everything that is fetched when it is wanted, for a page whose server may go away while the room goes on at another one. Nothing
// else is here.

import "./audit.js";
import "./completion.js";
import "./dialogs.js";
import "./emoji.js";
import "./invite.js";
import "./invites.js";
import "./orders.js";
import "./paste.js";
import "./person.js";
import "./qr.js";
import "./switcher.js";
import "./texts.js";
import "./typing.js";
import "./watch.js";
