// What is fetched once somebody types a command, or something that can be completed: one door to all of it.

import "./texts.js";

export { complete, replaced } from "./completion.js";
export { aboutMessage, actAbout, findMember, nextMention, readLine } from "./orders.js";
