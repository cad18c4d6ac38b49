// The texts of the page that a first look needs, in English and Brazilian Portuguese; later/texts.js adds the others. A test fails where one is missing in either
// language, unused, or where the two take other arguments. Dates and numbers are the browser's business.

import { safeLine } from "./text.js";

export const CATALOGUES = {
  en: {
    lead: "An encrypted chat room. No account, nothing to install.", join_title: "Join a room", your_name: "What you want to be called",
    room_name: "Room", join: "Join", name_bad: "A name has 1 to 64 characters, and at least one that can be seen.",
    room_bad: "A room's name has small letters, digits and . _ - and begins with a letter or digit.", invite_of: "Invite to the room “{room}”",
    key_kept: "Your key stays in this browser, and by it you are the same person tomorrow. A private window forgets it when it closes.",
    key_lost: "This browser does not let the page keep a key: whoever you are now is forgotten when this window closes. To stay one person, open it in a window that is not private, or use papo in a terminal, whose key papo key pair takes to other devices.",
    no_key: "This browser cannot make a key, so you come in as a guest: with each connection you are somebody new.",
    warned_title: "Did your browser warn you?",
    warned: "This server has made its certificate itself, so the browser cannot know it. To be sure that it is the right one, open the certificate in the address bar and compare the SHA-256 fingerprint of its public key with this one, which came with your invite:",
    warned_letters: "The same as papo writes it:", recent_rooms: "Rooms you have been in", connecting: "connecting…", joined: "connected",
    joined_ms: "connected, {ms} ms", waiting: "no connection, again in {seconds} s", offline: "no network", ended: "not connected",
    retry_now: "Retry now", encrypted: "encrypted to the server",
    encrypted_more: "What you write is encrypted on its way to the server. Whoever runs the server can read it.",
    people: { one: "1 person", other: "{count} people" }, people_many: "{count} people; the newest are not listed here", you: "you", guest: "guest",
    message_to: "Message to {room}", send: "Send", cancel: "Cancel", close: "Close", copy: "Copy", copied: "Copied", messages: "Messages in {room}",
    rooms: "Rooms", people_title: "People", new_messages: "new messages", new_down: { one: "1 new ↓", other: "{count} new ↓" },
    to_end: "To the newest ↓", today: "Today", yesterday: "Yesterday", sending: "sending…", failed: "not sent", retry: "Send again",
    dismiss: "Take away", edited: "edited", deleted: "This message was taken back.", unknown: "A message of a kind that this version cannot show.",
    changing: "changing…", change_failed: "A change was refused.", gap: "Messages are missing here.", older: "Loading older messages…",
    beginning: "This is the beginning of the room.", empty: "Nobody has said anything here yet.", reply: "Reply", react: "React", edit: "Edit",
    take_back: "Take back", copy_text: "Copy text", actions: "What you can do with this message", replying: "Reply to {name}:",
    editing: "You are changing a message.", unknown_reply: "a message that is not loaded", ignored_reply: "A message of an ignored person",
    typing: { one: "{names} is writing…", other: "{names} are writing…" }, typing_many: "Several people are writing…",
    too_long: "This is too long for one message by {bytes} bytes: split it.", nearly_full: "{bytes} bytes left",
    reacted: { one: "{emoji} by 1 person", other: "{emoji} by {count} people" }, search: "Search", search_in: "Search in what is loaded",
    found: "{at} of {count}", found_none: "nothing found", next: "Next", previous: "Previous", show_all: "Show all", settings: "Settings",
    notify_hide: "Without the text", somebody_wrote: "{name} in {room}", new_in: { one: "1 new message", other: "{count} new messages" },
    invite: "Invite", keys: "Keys",
    stop_version: "This server speaks another version of papo. Reload the page; if that does not help, tell whoever runs the server.",
    stop_left: "You have left the room.", stop_other: "The server does not let you in: {text}", closing: "The server says: {text}",
    refused: "The server says: {text}", error_bad_name: "The server does not take this name. Choose another one.",
    error_bad_room: "There can be no room of this name.",
    error_bad_proof: "The server does not accept your key on this connection. If somebody sits in between, this is how it shows: leave, and ask for a new invite.",
    error_bad_body: "The message is empty, or the server does not take it as it is.", error_too_large: "The message is too long. Split it.",
    error_too_fast: "That was fast: nothing is lost, but what follows waits a little.",
    error_log_failed: "The server cannot store anything at the moment. Your messages wait here and are sent again.",
    error_id_reused: "This message was stored before with another text. Send it anew.",
    closing_stopping: "The server is restarting. Nothing is lost; the page comes back by itself.",
    closing_full: "The server is full. The page tries again by itself.",
    closing_silent: "The connection was silent for too long; the page comes back by itself.",
    closing_too_late: "Joining took too long; the page tries again.",
    closing_too_slow: "This connection was too slow; the page comes back by itself.", closing_too_large: "A message was too long for the server.",
    act_kick: "{who} put {whom} out", act_ban: "{who} banned {whom}", act_ban_for: "{who} banned {whom} for {time}",
    act_unban: "{who} took back the ban of {whom}", act_mute: "{who} muted {whom}", act_mute_for: "{who} muted {whom} for {time}",
    act_unmute: "{who} lets {whom} speak again", act_slow: "{who} turned on slow mode: {time} between two messages",
    act_slow_auto: "{who} turned on slow mode that follows how many are here", act_slow_off: "{who} turned off slow mode",
    act_announce: "{who} lets only moderators and owners speak", act_announce_off: "{who} lets everybody speak",
    act_lock: "{who} locked the room: nobody new comes in", act_unlock: "{who} unlocked the room", act_op: "{who} made {whom} a moderator",
    act_own: "{who} made {whom} an owner", act_deop: "{who} took the role of {whom} away", act_invite: "{who} made the invite {invite}",
    act_revoke: "{who} took back the invite {invite}", act_enter: "{who} came in by the invite {invite}",
    act_enter_owner: "{who} came in first and owns the room", act_unknown: "{who} did something that this version does not know",
    operator: "whoever runs the server", role_owner: "owner", role_moderator: "moderator", people_search: "Find somebody",
    came: { one: "{names} came in", other: "{names} came in" }, went: { one: "{names} left", other: "{names} left" }, more_people: "{count} more",
    renamed: "{before} is called {name} now",
    double: "Take care: {newcomer} is here now, who is not {present}. The sign behind the name tells them apart.", mark_locked: "locked",
    mark_announce: "only moderators speak", mark_slow: "slow mode: {time}", silent_muted: "You may read but not speak here at the moment.",
    silent_until: "You may read but not speak here until {time}.", silent_announce: "Only moderators and owners speak here at the moment.",
    wait: "Send in {seconds} s", wait_more: "Everybody waits between two messages here: {seconds} s more. Your text stays.",
    completions: "What it could be", order_no_invite: "There is no single invite that begins with {invite}; /invite lists them.", mention: "Speak to",
    unloaded: "This part of the page could not be loaded. Check the network and try again.",
    error_no_entry: "There is no such room, or you need an invite for it. Ask somebody inside for one, and open its link.",
    error_invite_expired: "This invite no longer holds. Ask for a new one.",
    error_invite_used: "As many as may have come in by this invite already. Ask for a new one.",
    error_invite_revoked: "This invite was taken back. Ask for a new one.",
    error_banned: "You were shut out of this room. Talk to whoever keeps order there.",
    error_locked: "Nobody new is let in at the moment. Try again later.", error_muted: "You may read but not speak here at the moment.",
    error_slow_mode: "Everybody waits between two messages here. Yours is sent by itself in a while.",
    error_announce_only: "Only those who keep order speak here at the moment.",
    error_not_allowed: "You may not do that here. Ask somebody who keeps order.",
    error_bad_act: "This cannot be done. Look at who is here and what holds now.",
    stop_kicked: "Somebody who keeps order has put you out of the room.",
    stop_kicked_why: "Somebody who keeps order has put you out of the room: “{why}”",
    stop_banned: "Somebody who keeps order has shut you out of the room.",
    stop_banned_why: "Somebody who keeps order has shut you out of the room: “{why}”",
    closing_too_many: "Too much comes from your key or your network. The page tries again by itself.",
    moving: "This server is away or stopping. The room is on other servers too: within five seconds the page goes on at one of them, and nothing is lost.",
    unreached: "The page reaches neither its own server nor {server}. If your browser does not know that one's certificate, open it once, accept it, and come back here. What you have written stays here until then, and is sent.",
    unreached_open: "Open {server}", joined_at: "connected through {server}",
    switch_open: "Another room…", news: { one: "1 new message", other: "{count} new messages" }, news_for_you: "{count} new messages, {mentions} of them for you",
    somebody_wrote_hidden: "A new message", copy_link: "Copy a link to this message", link_copied: "The link to the message is copied. It leads those there who may come into the room.",
    no_files: "papo cannot send files yet. Put the file where the others can fetch it, and paste the link.",
    ignored: "You do not see their messages any more. /unignore or their name brings them back; they are not told.", not_ignored: "You see their messages again.",
    door_title: "You are not in the room {room}", door_left: "You have left {room}", door_again: "Come in again", door_until: "You may try again from {time}.",
    door_wait: "Trying again in {seconds} s.", door_name: "Choose another name", door_link: "Another invite link", door_open: "Open it",
    door_link_bad: "An invite is a link that begins with https:// and has a # in it. Copy the whole of it.",
    error_full: "As many people are connected as this server takes. There is nothing to do but wait a little; tell whoever runs the server if it lasts.",
    error_too_many: "Too much comes from your key or your network at once: too many windows, or too many tries. Close other windows, or wait a little.",
  },
  pt: {
    lead: "Uma sala de conversa cifrada, sem conta e sem instalar nada.", join_title: "Entrar em uma sala", your_name: "Como você quer ser chamado",
    room_name: "Sala", join: "Entrar", name_bad: "Um nome tem de 1 a 64 caracteres, e pelo menos um que se veja.",
    room_bad: "O nome de uma sala tem letras minúsculas sem acento, dígitos e . _ - e começa com letra ou dígito.",
    invite_of: "Convite para a sala “{room}”",
    key_kept: "Sua chave fica neste navegador, e com ela você é a mesma pessoa amanhã. Uma janela anônima a esquece ao fechar.",
    key_lost: "Este navegador não deixa a página guardar uma chave: quem você é agora será esquecido quando esta janela fechar. Para continuar a mesma pessoa, abra em uma janela que não seja anônima, ou use o papo em um terminal: papo key pair leva a chave dele a outros aparelhos.",
    no_key: "Este navegador não sabe fazer uma chave, então você entra como visitante: a cada conexão, outra pessoa.",
    warned_title: "O navegador avisou de um perigo?",
    warned: "Este servidor fez o próprio certificado, por isso o navegador não o conhece. Para ter certeza de que é o certo, abra o certificado na barra de endereço e compare a impressão digital SHA-256 da chave pública com esta, que veio no seu convite:",
    warned_letters: "A mesma, como o papo a escreve:", recent_rooms: "Salas em que você esteve", connecting: "conectando…", joined: "conectado",
    joined_ms: "conectado, {ms} ms", waiting: "sem conexão, de novo em {seconds} s", offline: "sem rede", ended: "desconectado",
    retry_now: "Tentar agora", encrypted: "cifrado até o servidor",
    encrypted_more: "O que você escreve vai cifrado até o servidor. Quem cuida do servidor pode ler.",
    people: { one: "1 pessoa", other: "{count} pessoas" }, people_many: "{count} pessoas; as mais novas não aparecem aqui", you: "você",
    guest: "visitante", message_to: "Mensagem para {room}", send: "Enviar", cancel: "Cancelar", close: "Fechar", copy: "Copiar", copied: "Copiado",
    messages: "Mensagens de {room}", rooms: "Salas", people_title: "Pessoas", new_messages: "novas mensagens",
    new_down: { one: "1 nova ↓", other: "{count} novas ↓" }, to_end: "Para a mais nova ↓", today: "Hoje", yesterday: "Ontem", sending: "enviando…",
    failed: "não enviada", retry: "Enviar de novo", dismiss: "Descartar", edited: "editada", deleted: "Esta mensagem foi apagada.",
    unknown: "Uma mensagem de um tipo que esta versão não sabe mostrar.", changing: "mudando…", change_failed: "Uma mudança foi recusada.",
    gap: "Faltam mensagens aqui.", older: "Carregando mensagens mais antigas…", beginning: "Aqui começa a sala.",
    empty: "Ninguém disse nada aqui ainda.", reply: "Responder", react: "Reagir", edit: "Editar", take_back: "Apagar", copy_text: "Copiar texto",
    actions: "O que fazer com esta mensagem", replying: "Resposta a {name}:", editing: "Você está editando uma mensagem.",
    unknown_reply: "uma mensagem que não está carregada", ignored_reply: "Uma mensagem de uma pessoa ignorada", typing: { one: "{names} está digitando…", other: "{names} estão digitando…" },
    typing_many: "Várias pessoas estão digitando…", too_long: "Longa demais para uma mensagem, por {bytes} bytes: divida em duas.",
    nearly_full: "restam {bytes} bytes", reacted: { one: "{emoji} de 1 pessoa", other: "{emoji} de {count} pessoas" }, search: "Procurar",
    search_in: "Procurar no que está carregado", found: "{at} de {count}", found_none: "nada encontrado", next: "Próxima", previous: "Anterior",
    show_all: "Mostrar tudo", settings: "Configurações", notify_hide: "Sem o texto", somebody_wrote: "{name} em {room}",
    new_in: { one: "1 mensagem nova", other: "{count} mensagens novas" }, invite: "Convidar", keys: "Teclas",
    stop_version: "Este servidor fala outra versão do papo. Recarregue a página; se não ajudar, avise quem cuida do servidor.",
    stop_left: "Você saiu da sala.", stop_other: "O servidor não deixa você entrar: {text}", closing: "O servidor diz: {text}",
    refused: "O servidor diz: {text}", error_bad_name: "O servidor não aceita este nome. Escolha outro.",
    error_bad_room: "Não pode haver sala com este nome.",
    error_bad_proof: "O servidor não aceita sua chave nesta conexão. Se alguém estiver no meio do caminho, é assim que aparece: saia e peça um convite novo.",
    error_bad_body: "A mensagem está vazia, ou o servidor não a aceita assim.", error_too_large: "A mensagem é longa demais. Divida em duas.",
    error_too_fast: "Rápido demais: nada se perde, mas o que vem agora espera um pouco.",
    error_log_failed: "O servidor não consegue guardar nada agora. Suas mensagens esperam aqui e serão enviadas de novo.",
    error_id_reused: "Esta mensagem já foi guardada com outro texto. Envie de novo.",
    closing_stopping: "O servidor está reiniciando. Nada se perde; a página volta sozinha.",
    closing_full: "O servidor está cheio. A página tenta de novo sozinha.",
    closing_silent: "A conexão ficou em silêncio tempo demais; a página volta sozinha.",
    closing_too_late: "Entrar demorou demais; a página tenta de novo.", closing_too_slow: "Esta conexão estava lenta demais; a página volta sozinha.",
    closing_too_large: "Uma mensagem era longa demais para o servidor.", act_kick: "{who} tirou {whom} da sala", act_ban: "{who} baniu {whom}",
    act_ban_for: "{who} baniu {whom} por {time}", act_unban: "{who} desfez o banimento de {whom}", act_mute: "{who} silenciou {whom}",
    act_mute_for: "{who} silenciou {whom} por {time}", act_unmute: "{who} deixa {whom} falar de novo",
    act_slow: "{who} ligou o modo lento: {time} entre duas mensagens", act_slow_auto: "{who} ligou o modo lento, que segue quantos estão aqui",
    act_slow_off: "{who} desligou o modo lento", act_announce: "{who} deixa só moderadores e donos falarem",
    act_announce_off: "{who} deixa todos falarem", act_lock: "{who} trancou a sala: ninguém novo entra", act_unlock: "{who} destrancou a sala",
    act_op: "{who} deu a {whom} o papel de moderar", act_own: "{who} deu a {whom} a posse da sala", act_deop: "{who} tirou o papel de {whom}",
    act_invite: "{who} criou o convite {invite}", act_revoke: "{who} cancelou o convite {invite}", act_enter: "{who} entrou pelo convite {invite}",
    act_enter_owner: "{who} entrou primeiro e tem a posse da sala", act_unknown: "{who} fez algo que esta versão não conhece",
    operator: "quem cuida do servidor", role_owner: "dono", role_moderator: "moderador", people_search: "Achar alguém",
    came: { one: "{names} entrou", other: "{names} entraram" }, went: { one: "{names} saiu", other: "{names} saíram" }, more_people: "mais {count}",
    renamed: "{before} agora se chama {name}",
    double: "Atenção: {newcomer} está aqui agora, e não é a mesma pessoa que {present}. O sinal depois do nome distingue as duas.",
    mark_locked: "trancada", mark_announce: "só moderadores falam", mark_slow: "modo lento: {time}",
    silent_muted: "No momento você pode ler, mas não falar aqui.", silent_until: "Você pode ler, mas não falar aqui até {time}.",
    silent_announce: "No momento só moderadores e donos falam aqui.", wait: "Enviar em {seconds} s",
    wait_more: "Aqui todos esperam entre duas mensagens: mais {seconds} s. Seu texto fica.", completions: "O que pode ser",
    order_no_invite: "Não há um único convite que comece com {invite}; /invite mostra quais há.", mention: "Falar com",
    unloaded: "Não foi possível carregar esta parte da página. Confira a rede e tente de novo.",
    error_no_entry: "Não existe essa sala, ou ela pede convite. Peça um a quem está dentro, e abra o link dele.",
    error_invite_expired: "Este convite já venceu. Peça um novo.", error_invite_used: "Este convite já foi usado quantas vezes podia. Peça um novo.",
    error_invite_revoked: "Este convite foi cancelado. Peça um novo.", error_banned: "Você foi banido desta sala. Fale com quem cuida dela.",
    error_locked: "Ninguém novo entra no momento. Tente mais tarde.", error_muted: "No momento você pode ler, mas não falar aqui.",
    error_slow_mode: "Aqui todos esperam entre duas mensagens. A sua vai sozinha daqui a pouco.",
    error_announce_only: "No momento só fala quem cuida da sala.", error_not_allowed: "Você não pode fazer isso aqui. Peça a quem cuida da sala.",
    error_bad_act: "Isto não pode ser feito. Veja quem está aqui e o que vale agora.", stop_kicked: "Quem cuida da sala tirou você dela.",
    stop_kicked_why: "Quem cuida da sala tirou você da sala: “{why}”", stop_banned: "Quem cuida da sala baniu você dela.",
    stop_banned_why: "Quem cuida da sala baniu você da sala: “{why}”",
    closing_too_many: "Vem coisa demais da sua chave ou da sua rede. A página tenta de novo sozinha.",
    moving: "Este servidor caiu ou está parando. A sala está também em outros servidores: em até cinco segundos a página continua em um deles, e nada se perde.",
    unreached: "A página não alcança nem o próprio servidor nem {server}. Se o navegador não conhece o certificado desse outro, abra-o uma vez, aceite o certificado e volte para cá. O que você escreveu fica aqui até lá, e então é enviado.",
    unreached_open: "Abrir {server}", joined_at: "conectado por {server}",
    switch_open: "Outra sala…", news: { one: "1 mensagem nova", other: "{count} mensagens novas" }, news_for_you: "{count} mensagens novas, {mentions} para você",
    somebody_wrote_hidden: "Uma mensagem nova", copy_link: "Copiar um link para esta mensagem", link_copied: "O link para a mensagem foi copiado. Ele leva até ela quem pode entrar na sala.",
    no_files: "O papo ainda não envia arquivos. Ponha o arquivo onde os outros possam buscar, e cole o link.",
    ignored: "Você não vê mais as mensagens dessa pessoa. /unignore ou o nome dela desfaz isso; ela não fica sabendo.", not_ignored: "Você vê de novo as mensagens dessa pessoa.",
    door_title: "Você não está na sala {room}", door_left: "Você saiu de {room}", door_again: "Entrar de novo", door_until: "Você pode tentar de novo a partir de {time}.",
    door_wait: "Nova tentativa em {seconds} s.", door_name: "Escolher outro nome", door_link: "Outro link de convite", door_open: "Abrir",
    door_link_bad: "Um convite é um link que começa com https:// e tem um # no meio. Copie o link inteiro.",
    error_full: "Este servidor está com todas as pessoas que aceita. Só resta esperar um pouco; se demorar, avise quem cuida do servidor.",
    error_too_many: "Vem coisa demais da sua chave ou da sua rede ao mesmo tempo: janelas demais, ou tentativas demais. Feche outras janelas, ou espere um pouco.",
  },
};

/** Adds the texts of a part that is fetched later. @param {Record<"en" | "pt", Record<string, string | Record<string, string>>>} more */
export function add(more) {
  Object.assign(CATALOGUES.en, more.en);
  Object.assign(CATALOGUES.pt, more.pt);
}

/** What a server says where it has nothing to add to the code. */
const OF_CODES = ["you were put out of this room", "you were shut out of this room"];

let language = "en";

/** Which language a browser's list asks for. @param {readonly string[]} wanted */
export function choose(wanted) {
  const first = wanted.map((tag) => tag.toLowerCase().slice(0, 2)).find((tag) => tag === "pt" || tag === "en");
  return first ?? "en";
}

/** @param {string} chosen */
export function setLanguage(chosen) {
  language = Object.hasOwn(CATALOGUES, chosen) ? chosen : "en";
}

/** The language for dates and for the document. */
export function locale() {
  return language === "pt" ? "pt-BR" : "en";
}

/**
 * A text in the language of the page. What stands in braces is replaced; names are kept apart by isolation marks so that
 * a name of another direction does not turn the sentence round.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const entry = texts(language)[key] ?? texts("en")[key];
  const form = typeof entry === "string" ? entry : entry[new Intl.PluralRules(locale()).select(Number(values.count))] ?? entry.other;
  return form.replace(/\{(\w+)\}/g, (/** @type {string} */ whole, /** @type {string} */ name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(locale()) : `\u2068${value}\u2069`;
  });
}

/** @param {string} chosen @returns {Record<string, string | Record<string, string>>} */
function texts(chosen) {
  return chosen === "pt" ? CATALOGUES.pt : CATALOGUES.en;
}

/** What an error of the server means in the page's language; its own words where the code is not known here. @param {{code: string, text: string}} error */
export function refusalText({ code, text }) {
  const key = `error_${code}`;
  return Object.hasOwn(CATALOGUES.en, key) ? t(key) : t("refused", { text: safeLine(text) });
}

/** What a server's sentence says beyond its code: the reason that somebody has typed. @param {string} text */
function ownWords(text) {
  const rest = OF_CODES.reduce((left, known) => (left.startsWith(known) ? left.slice(known.length) : left), text);
  return safeLine(rest.replace(/^[:\s]+/, "").trim());
}

/** Why there is no coming back by itself. @param {{code: string, text?: string, isRefusal?: boolean}} event */
export function endedText({ code, text = "", isRefusal = false }) {
  // At the door a text is the server's own; a reason that somebody has typed comes with a closing.
  const why = isRefusal ? "" : ownWords(text);
  switch (isRefusal ? "" : code) {
    case "version": return t("stop_version");
    case "left": return t("stop_left");
    case "kicked": return why === "" ? t("stop_kicked") : t("stop_kicked_why", { why });
    case "banned": return why === "" ? t("stop_banned") : t("stop_banned_why", { why });
    default: return Object.hasOwn(CATALOGUES.en, `error_${code}`) ? t(`error_${code}`) : t("stop_other", { text: safeLine(text) });
  }
}

/** What a closing means in the page's language. @param {{code: string, text: string}} closing */
export function closingText({ code, text }) {
  const key = `closing_${code}`;
  return Object.hasOwn(CATALOGUES.en, key) ? t(key) : t("closing", { text: safeLine(text) });
}
