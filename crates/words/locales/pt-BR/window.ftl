# A janela.

window-act-announce = { $who } deixou só os moderadores falarem.
window-act-announce-off = { $who } deixou todos falarem de novo.
window-act-ban = { $who } baniu { $whom }.
window-act-deop = { $who } tirou o papel de { $whom }.
window-act-enter = { $who } entrou por um convite.
window-act-invite = { $who } fez um convite.
window-act-kick = { $who } tirou { $whom } da sala.
window-act-lock = { $who } trancou a sala: ninguém novo entra.
window-act-lock-off = { $who } destrancou a sala.
window-act-mute = { $who } deixou { $whom } só ler.
window-act-op = { $who } fez de { $whom } moderador.
window-act-owner = { $who } fez de { $whom } dono da sala.
window-act-revoke = { $who } retirou um convite.
window-act-slow = { $who } pôs uma pausa entre duas mensagens: { $seconds } s.
window-act-slow-auto = { $who } deixou a pausa entre mensagens seguir quantos estão aqui.
window-act-slow-off = { $who } tirou a pausa entre mensagens.
window-act-unban = { $who } desfez o banimento de { $whom }.
window-act-unmute = { $who } deixou { $whom } falar de novo.
window-act-why = Motivo: { $why }
window-add-room = + Entrar em uma sala
window-announce-many = { $count } novas mensagens
window-beginning = A sala começa aqui.
window-cancel = Cancelar
window-change-delete = Apagar uma mensagem
window-change-react = Uma reação
window-close = Fechar
window-connected = conectado
window-connected-in = conectado, { $ms } ms
window-connecting = conectando…
window-copy = Copiar
window-copy-message = Copiar a mensagem
window-delete = Apagar
window-delete-question = Apagar esta mensagem?
window-delete-words = Os outros verão que havia uma. Quem já leu, já leu.
window-deleted = Esta mensagem foi apagada.
window-discard = Descartar
window-edit = Alterar
window-edited = alterada
window-editing = Você está alterando uma mensagem
window-encrypted = cifrado até o servidor
window-encrypted-why = Na rede, ninguém mais consegue ler. O próprio servidor consegue ler as mensagens desta sala.
window-failed = não enviada
window-found = { $count ->
    [0] Nada encontrado
    [one] { $count } encontrada
   *[other] { $count } encontradas
}
window-found-at = { $at } de { $count }
window-gap = Faltam mensagens aqui
window-go-to-answered = Ir para essa mensagem
window-invite = Convidar
window-kept = esperando a conexão
window-key-choose-above = Escolher uma mensagem, a de cima
window-key-choose-below = A mensagem de baixo
window-key-end = A mensagem mais nova
window-key-first-unread = A primeira mensagem não lida
window-key-keys = Esta lista
window-key-larger = Texto maior
window-key-members = Mostrar ou esconder quem está aqui
window-key-page-down = Uma página para baixo
window-key-page-up = Uma página para cima
window-key-quit = Sair
window-key-read-all = Marcar tudo como lido
window-key-retry = Conectar agora
window-key-room-above = A sala de cima
window-key-room-below = A sala de baixo
window-key-room-unread = A próxima sala com algo não lido
window-key-search = Procurar nesta sala
window-key-settings = Configurações
window-key-smaller = Texto menor
window-key-switch = Ir para uma sala pelo nome
window-key-top = A mensagem mais antiga mostrada
window-key-usual-size = Texto do tamanho normal
window-key-write = Voltar a escrever
window-keys = Teclas
window-leave = Sair da sala
window-leave-question = Sair de { $room }?
window-leave-words = A sala sai da sua lista. O que você disse fica nela, e você pode voltar.
window-left = { $bytes ->
    [one] Resta { $bytes } byte
   *[other] Restam { $bytes } bytes
}
window-mark-read = Marcar como lida
window-members = Quem está aqui
window-members-more = e mais { $count }
window-message-to = Mensagem para { $room }
window-more = Mais
window-new = { $count ->
    [one] { $count } nova ↓
   *[other] { $count } novas ↓
}
window-no-command = O comando { $command } não existe. Para dizer isso como texto, escreva / duas vezes; F1 mostra os comandos.
window-no-files = Ainda não dá para enviar arquivos. Isso vem em uma versão futura; até lá, envie um link.
window-not-sent = Não enviada: { $why }
window-older = Mensagens anteriores…
window-reply = Responder
window-reply-elsewhere = Uma mensagem anterior
window-replying = Você está respondendo a { $name }
window-replying-gone = Você está respondendo a uma mensagem anterior
window-retry = Tentar de novo
window-room-unread = { $room }, { $count ->
    [one] { $count } não lida
   *[other] { $count } não lidas
}
window-rooms = Salas
window-search = Procurar
window-search-hits = O que foi encontrado
window-search-newer = ↓ mais nova
window-search-older = ↑ mais antiga
window-searching = Procurando…
window-send = Enviar
window-sending = enviando…
window-settings = Configurações
window-show-all = Mostrar o resto ({ $bytes } bytes)
window-stopped = sem conexão
window-switcher = Ir para qual sala?
window-switcher-none = Não há sala assim. Entre em uma nova pela lista de salas.
window-time-am = { $hour }:{ $minute } am
window-time-pm = { $hour }:{ $minute } pm
window-timeline = Mensagens em { $room }
window-to-end = Para a mais nova ↓
window-to-unread = { $count ->
    [one] ↑ { $count } não lida
   *[other] ↑ { $count } não lidas
}
window-toggle-members = Mostrar ou esconder quem está aqui
window-too-long = { $bytes ->
    [one] { $bytes } byte a mais: envie em partes
   *[other] { $bytes } bytes a mais: envie em partes
}
window-typing = { $count ->
    [one] { $names } está digitando…
   *[other] { $names } estão digitando…
}
window-typing-many = { $count } pessoas estão digitando…
window-unknown = Esta versão não consegue mostrar o que foi dito aqui. Atualize o papo.
window-unread-line = novas mensagens
window-waiting = reconectando…
window-you = { $name } (você)
window-no-display = Nenhuma janela pode ser aberta aqui ({ $cause }). Em um computador sem tela, use `papo join`; por SSH, encaminhe o monitor.
window-notify-hidden = Uma mensagem nova
window-notify-title = { $name } em { $room }
