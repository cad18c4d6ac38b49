// Every text of the page for people, in English and Brazilian Portuguese. A test fails where one is missing in either
// language, unused, or where the two take other arguments. Dates and numbers are the browser's business.

export const CATALOGUES = {
  en: {
    lead: "An encrypted chat room. No account, nothing to install.",
    join_title: "Join a room", your_name: "What you want to be called", room_name: "Room", join: "Join",
    name_bad: "A name has 1 to 64 characters, and at least one that can be seen.",
    room_bad: "A room's name has small letters, digits and . _ - and begins with a letter or digit.",
    invite_of: "Invite to the room “{room}”",
    key_kept: "Your key stays in this browser, and by it you are the same person tomorrow. A private window forgets it when it closes.",
    key_lost: "This browser does not let the page keep a key: whoever you are now is forgotten when this window closes.",
    no_key: "This browser cannot make a key, so you come in as a guest: with each connection you are somebody new.",
    warned_title: "Did your browser warn you?",
    warned: "This server has made its certificate itself, so the browser cannot know it. To be sure that it is the right one, open the certificate in the address bar and compare the SHA-256 fingerprint of its public key with this one, which came with your invite:",
    warned_letters: "The same as papo writes it:",
    recent_rooms: "Rooms you have been in", connecting: "connecting…", joined: "connected", joined_ms: "connected, {ms} ms",
    waiting: "no connection, again in {seconds} s", offline: "no network", ended: "not connected", retry_now: "Retry now",
    encrypted: "encrypted to the server",
    encrypted_more: "What you write is encrypted on its way to the server. Whoever runs the server can read it.",
    people: { one: "1 person", other: "{count} people" }, people_many: "{count} people; the newest are not listed here",
    you: "you", guest: "guest", message_to: "Message to {room}", send: "Send", cancel: "Cancel", close: "Close", copy: "Copy",
    copied: "Copied", messages: "Messages in {room}", rooms: "Rooms", people_title: "People",
    new_messages: "new messages", new_down: { one: "1 new ↓", other: "{count} new ↓" }, to_end: "To the newest ↓",
    today: "Today", yesterday: "Yesterday", sending: "sending…", failed: "not sent", retry: "Send again", dismiss: "Take away",
    edited: "edited", deleted: "This message was taken back.", unknown: "A message of a kind that this version cannot show.",
    changing: "changing…", change_failed: "A change was refused.", gap: "Messages are missing here.",
    older: "Loading older messages…", beginning: "This is the beginning of the room.",
    reply: "Reply", react: "React", edit: "Edit", take_back: "Take back", copy_text: "Copy text", actions: "What you can do with this message",
    replying: "Reply to {name}:", editing: "You are changing a message.", unknown_reply: "a message that is not loaded",
    typing: { one: "{names} is writing…", other: "{names} are writing…" }, typing_many: "Several people are writing…",
    too_long: "This is too long for one message by {bytes} bytes: split it.", nearly_full: "{bytes} bytes left",
    reacted: { one: "{emoji} by 1 person", other: "{emoji} by {count} people" }, search: "Search", search_in: "Search in what is loaded", found: "{at} of {count}", found_none: "nothing found",
    next: "Next", previous: "Previous", show_all: "Show all", settings: "Settings", settings_name: "Name", settings_language: "Language",
    settings_theme: "Colours", theme_system: "As the system", theme_light: "Light", theme_dark: "Dark",
    settings_enter: "Enter sends, Shift+Enter begins a line", settings_notify: "Notify me", notify_none: "Never",
    notify_mentions: "When I am mentioned", notify_all: "Of every message", notify_hide: "Without the text", notify_refused: "The browser does not allow notifications for this page.",
    somebody_wrote: "{name} in {room}", new_in: { one: "1 new message", other: "{count} new messages" }, invite: "Invite",
    invite_title: "Invite somebody", invite_text: "Whoever opens this link in a browser, or gives it to papo in a terminal, can come into this room.",
    invite_fragment: "This page was opened without an invite, so the link has no fingerprint. papo invite on the server prints one that has.",
    keys: "Keys", key_send: "Send", key_newline: "New line", key_edit: "In an empty box: change your last message", key_end: "To the newest, or cancel",
    key_find: "Search", key_rows: "From message to message", key_act: "At a message: reply, edit, react, copy, take back", key_help: "This list",
    stop_version: "This server speaks another version of papo. Reload the page; if that does not help, tell whoever runs the server.",
    stop_left: "You have left the room.", stop_other: "The server does not let you in: {text}", closing: "The server says: {text}",
    reload: "Reload", refused: "The server says: {text}", forget: "Become somebody else",
    forget_text: "This forgets your key. You cannot become who you are now again.",
    error_bad_name: "The server does not take this name. Choose another one.", error_bad_room: "There can be no room of this name.",
    error_bad_proof: "The server does not accept your key on this connection. If somebody sits in between, this is how it shows: leave, and ask for a new invite.",
    error_bad_body: "The message is empty, or the server does not take it as it is.", error_too_large: "The message is too long. Split it.",
    error_too_fast: "That was fast: nothing is lost, but what follows waits a little.",
    error_log_failed: "The server cannot store anything at the moment. Your messages wait here and are sent again.",
    error_id_reused: "This message was stored before with another text. Send it anew.",
    closing_stopping: "The server is restarting. Nothing is lost; the page comes back by itself.", closing_full: "The server is full. The page tries again by itself.",
    closing_silent: "The connection was silent for too long; the page comes back by itself.",
    closing_too_late: "Joining took too long; the page tries again.", closing_too_slow: "This connection was too slow; the page comes back by itself.",
    closing_too_large: "A message was too long for the server.",
  },
  pt: {
    lead: "Uma sala de conversa cifrada, sem conta e sem instalar nada.",
    join_title: "Entrar em uma sala", your_name: "Como você quer ser chamado", room_name: "Sala", join: "Entrar",
    name_bad: "Um nome tem de 1 a 64 caracteres, e pelo menos um que se veja.",
    room_bad: "O nome de uma sala tem letras minúsculas sem acento, dígitos e . _ - e começa com letra ou dígito.",
    invite_of: "Convite para a sala “{room}”",
    key_kept: "Sua chave fica neste navegador, e com ela você é a mesma pessoa amanhã. Uma janela anônima a esquece ao fechar.",
    key_lost: "Este navegador não deixa a página guardar uma chave: quem você é agora será esquecido quando esta janela fechar.",
    no_key: "Este navegador não sabe fazer uma chave, então você entra como visitante: a cada conexão, outra pessoa.",
    warned_title: "O navegador avisou de um perigo?",
    warned: "Este servidor fez o próprio certificado, por isso o navegador não o conhece. Para ter certeza de que é o certo, abra o certificado na barra de endereço e compare a impressão digital SHA-256 da chave pública com esta, que veio no seu convite:",
    warned_letters: "A mesma, como o papo a escreve:",
    recent_rooms: "Salas em que você esteve", connecting: "conectando…", joined: "conectado", joined_ms: "conectado, {ms} ms",
    waiting: "sem conexão, de novo em {seconds} s", offline: "sem rede", ended: "desconectado", retry_now: "Tentar agora",
    encrypted: "cifrado até o servidor",
    encrypted_more: "O que você escreve vai cifrado até o servidor. Quem cuida do servidor pode ler.",
    people: { one: "1 pessoa", other: "{count} pessoas" }, people_many: "{count} pessoas; as mais novas não aparecem aqui",
    you: "você", guest: "visitante", message_to: "Mensagem para {room}", send: "Enviar", cancel: "Cancelar", close: "Fechar", copy: "Copiar",
    copied: "Copiado", messages: "Mensagens de {room}", rooms: "Salas", people_title: "Pessoas",
    new_messages: "novas mensagens", new_down: { one: "1 nova ↓", other: "{count} novas ↓" }, to_end: "Para a mais nova ↓",
    today: "Hoje", yesterday: "Ontem", sending: "enviando…", failed: "não enviada", retry: "Enviar de novo", dismiss: "Tirar daqui",
    edited: "editada", deleted: "Esta mensagem foi apagada.", unknown: "Uma mensagem de um tipo que esta versão não sabe mostrar.",
    changing: "mudando…", change_failed: "Uma mudança foi recusada.", gap: "Faltam mensagens aqui.",
    older: "Carregando mensagens mais antigas…", beginning: "Aqui começa a sala.",
    reply: "Responder", react: "Reagir", edit: "Editar", take_back: "Apagar", copy_text: "Copiar texto", actions: "O que fazer com esta mensagem",
    replying: "Resposta a {name}:", editing: "Você está mudando uma mensagem.", unknown_reply: "uma mensagem que não está carregada",
    typing: { one: "{names} está digitando…", other: "{names} estão digitando…" }, typing_many: "Várias pessoas estão digitando…",
    too_long: "Longa demais para uma mensagem, por {bytes} bytes: divida em duas.", nearly_full: "restam {bytes} bytes",
    reacted: { one: "{emoji} de 1 pessoa", other: "{emoji} de {count} pessoas" }, search: "Buscar", search_in: "Buscar no que está carregado", found: "{at} de {count}", found_none: "nada encontrado",
    next: "Próxima", previous: "Anterior", show_all: "Mostrar tudo", settings: "Ajustes", settings_name: "Nome", settings_language: "Idioma",
    settings_theme: "Cores", theme_system: "Como o sistema", theme_light: "Claras", theme_dark: "Escuras",
    settings_enter: "Enter envia, Shift+Enter começa outra linha", settings_notify: "Avisar", notify_none: "Nunca",
    notify_mentions: "Quando me mencionam", notify_all: "De cada mensagem", notify_hide: "Sem o texto", notify_refused: "O navegador não permite avisos desta página.",
    somebody_wrote: "{name} em {room}", new_in: { one: "1 mensagem nova", other: "{count} mensagens novas" }, invite: "Convidar",
    invite_title: "Convidar alguém", invite_text: "Quem abrir este link em um navegador, ou o der ao papo em um terminal, pode entrar nesta sala.",
    invite_fragment: "Esta página foi aberta sem convite, por isso o link vai sem impressão digital. No servidor, papo invite mostra um link com ela.",
    keys: "Teclas", key_send: "Enviar", key_newline: "Nova linha", key_edit: "Na caixa vazia: mudar sua última mensagem", key_end: "Para a mais nova, ou cancelar",
    key_find: "Buscar", key_rows: "De mensagem em mensagem", key_act: "Em uma mensagem: responder, editar, reagir, copiar, apagar", key_help: "Esta lista",
    stop_version: "Este servidor fala outra versão do papo. Recarregue a página; se não ajudar, avise quem cuida do servidor.",
    stop_left: "Você saiu da sala.", stop_other: "O servidor não deixa você entrar: {text}", closing: "O servidor diz: {text}",
    reload: "Recarregar", refused: "O servidor diz: {text}", forget: "Ser outra pessoa",
    forget_text: "Isto esquece sua chave. Você não poderá voltar a ser quem é agora.",
    error_bad_name: "O servidor não aceita este nome. Escolha outro.", error_bad_room: "Não pode haver sala com este nome.",
    error_bad_proof: "O servidor não aceita sua chave nesta conexão. Se alguém estiver no meio do caminho, é assim que aparece: saia e peça um convite novo.",
    error_bad_body: "A mensagem está vazia, ou o servidor não a aceita assim.", error_too_large: "A mensagem é longa demais. Divida em duas.",
    error_too_fast: "Rápido demais: nada se perde, mas o que vem agora espera um pouco.",
    error_log_failed: "O servidor não consegue guardar nada agora. Suas mensagens esperam aqui e serão enviadas de novo.",
    error_id_reused: "Esta mensagem já foi guardada com outro texto. Envie de novo.",
    closing_stopping: "O servidor está reiniciando. Nada se perde; a página volta sozinha.", closing_full: "O servidor está cheio. A página tenta de novo sozinha.",
    closing_silent: "A conexão ficou calada tempo demais; a página volta sozinha.",
    closing_too_late: "Entrar demorou demais; a página tenta de novo.", closing_too_slow: "Esta conexão estava lenta demais; a página volta sozinha.",
    closing_too_large: "Uma mensagem era longa demais para o servidor.",
  },
};

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
  const entry = CATALOGUES[language][key] ?? CATALOGUES.en[key];
  const form = typeof entry === "string" ? entry : entry[new Intl.PluralRules(locale()).select(Number(values.count))] ?? entry.other;
  return form.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(locale()) : `\u2068${value}\u2069`;
  });
}

/** What an error of the server means in the page's language; its own words where the code is not known here. */
export function refusalText({ code, text }) {
  const key = `error_${code}`;
  return Object.hasOwn(CATALOGUES.en, key) ? t(key) : t("refused", { text });
}

/** What a closing means in the page's language. */
export function closingText({ code, text }) {
  const key = `closing_${code}`;
  return Object.hasOwn(CATALOGUES.en, key) ? t(key) : t("closing", { text });
}
