# A janela.

window-access = Como está { $room }
window-access-asked = Perguntando ao servidor…
window-access-by-invite = Só entra quem tem um convite.
window-access-menu = Quem pode o quê
window-access-open = Quem chega ao servidor pode entrar.
window-access-you = Seu papel aqui: { $role }.
window-act-announce = { $who } deixou só os moderadores falarem.
window-act-announce-off = { $who } deixou todos falarem de novo.
window-act-ban = { $who } baniu { $whom }.
window-act-deop = { $who } tirou o papel de { $whom }.
window-act-enter = { $who } entrou por um convite.
window-act-invite = { $who } fez um convite.
window-petname = { $petname } ({ $name })
window-act-kick = { $who } tirou { $whom } da sala.
window-act-lock = { $who } trancou a sala: ninguém novo entra.
window-act-lock-off = { $who } destrancou a sala.
window-act-mute = { $who } deixou { $whom } só ler.
window-act-op = { $who } fez de { $whom } moderador.
window-act-operator = Quem cuida do servidor
window-act-owner = { $who } fez de { $whom } dono da sala.
window-act-revoke = { $who } cancelou um convite.
window-act-slow = { $who } pôs uma pausa entre duas mensagens: { $seconds } s.
window-act-slow-auto = { $who } deixou a pausa entre mensagens seguir quantos estão aqui.
window-act-slow-off = { $who } tirou a pausa entre mensagens.
window-act-unban = { $who } desfez o banimento de { $whom }.
window-act-unmute = { $who } deixou { $whom } falar de novo.
window-act-why = Motivo: { $why }
window-add-room = + Entrar em uma sala
window-and-more = mais { $count }
window-announce = Só a moderação e os donos falam
window-announce-many = { $count } novas mensagens
window-announce-only = Por ora só a moderação e os donos falam aqui.
window-ask-ban = Banir { $name }?
window-ask-ban-words = A pessoa sai e não entra mais, com nenhum convite.
window-ask-kick = Tirar { $name } da sala?
window-ask-kick-words = A pessoa pode voltar se a sala for aberta ou com outro convite.
window-ask-mute = Deixar { $name } só ler?
window-ask-mute-words = A pessoa fica na sala, mas não pode falar.
window-ask-own = Tornar { $name } dono da sala?
window-ask-own-words = Um dono pode fazer aqui tudo o que você pode, também com você.
window-audit = O que foi feito
window-audit-none = Até agora só se conversou nesta sala.
window-audit-title = O que foi feito em { $room }
window-banned = Banido
window-beginning = A sala começa aqui.
window-came = { $count ->
    [one] { $names } entrou.
   *[other] { $names } entraram.
}
window-cancel = Cancelar
window-change-delete = Apagar uma mensagem
window-change-react = Uma reação
window-close = Fechar
window-connected = conectado
window-connected-in = conectado, { $ms } ms
window-connecting = conectando…
window-copy = Copiar
window-copy-message = Copiar a mensagem
window-days = { $count ->
    [one] { $count } dia
   *[other] { $count } dias
}
window-delete = Apagar
window-delete-question = Apagar esta mensagem?
window-delete-words = Os outros verão que havia uma. Quem já leu, já leu.
window-deleted = Esta mensagem foi apagada.
window-denied-guest = Visitantes não têm chave, por isso um papel não ficaria com eles.
window-denied-moderator = Só a moderação e os donos da sala podem fazer isso.
window-denied-offline = Não há conexão.
window-denied-oneself = Esta pessoa é você.
window-denied-owner = Só os donos da sala podem fazer isso.
window-denied-rank = O papel dessa pessoa é tão alto quanto o seu.
window-discard = Descartar
window-do-ban = Banir
window-do-deop = Tirar o papel
window-do-kick = Tirar da sala
window-do-mute = Deixar só ler
window-do-op = Tornar moderador
window-do-own = Tornar dono da sala
window-do-revoke = Cancelar o convite
window-do-unban = Desfazer o banimento
window-do-unmute = Deixar falar de novo
window-double = Atenção: { $newcomer } está aqui agora, e não é a mesma pessoa que { $present }. O sinal depois do nome (#) distingue as duas.
window-double-seen = Entendi
window-edit = Editar
window-edited = editada
window-editing = Você está editando uma mensagem
window-encrypted = cifrado até o servidor
window-encrypted-short = cifrado
window-encrypted-why = Na rede, ninguém mais consegue ler. O próprio servidor consegue ler as mensagens desta sala.
window-failed = não enviada
window-for-good = para sempre
window-found = { $count ->
    [0] Nada encontrado
    [one] { $count } encontrada
   *[other] { $count } encontradas
}
window-found-at = { $at } de { $count }
window-gap = Faltam mensagens aqui
window-go-to-answered = Ir para essa mensagem
window-host-no-answer = O servidor desta janela não responde. Tente de novo.
window-host-no-network = Este computador não está em nenhuma rede. Conecte-o a uma, ou abra a sala só para este computador.
window-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
window-how-long = Por quanto tempo?
window-invite = Convidar
window-invite-any = Vale para qualquer número de pessoas
window-invite-left = { $count ->
    [one] Vale para mais { $count } pessoa
   *[other] Vale para mais { $count } pessoas
}
window-invite-make = Criar um convite
window-invite-many = para qualquer número de pessoas
window-invite-one = Convite { $invite } de { $by }, { $used ->
    [0] ainda não usado
    [one] usado uma vez
   *[other] usado { $used } vezes
}.
window-invite-single = para uma pessoa
window-kept = esperando a conexão
window-key-choose-above = Escolher uma mensagem, a de cima
window-key-choose-below = A mensagem de baixo
window-key-end = A mensagem mais nova
window-key-first-unread = A primeira mensagem não lida
window-key-mention = A mensagem mais nova que menciona ou responde a você, depois as anteriores
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
window-links-file = { $file }: { $cause }. Nada mais mudou.
window-links-no-home = Não há pasta pessoal onde gravar a entrada do menu.
window-links-no-program = O lugar deste programa não cabe em uma entrada do menu: ponha-o em uma pasta com nome comum.
window-links-not-here = Neste sistema o papo ainda não consegue abrir links por conta própria: cole-os na janela.
window-lock = Ninguém novo entra
window-mark-read = Marcar como lida
window-members = Quem está aqui
window-members-more = e mais { $count }
window-mention = Escrever para { $name }
window-message-to = Mensagem para { $room }
window-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
window-more = Mais
window-muted = Por ora você só pode ler aqui.
window-muted-list = Só pode ler
window-new = { $count ->
    [one] { $count } nova ↓
   *[other] { $count } novas ↓
}
window-no-command = O comando { $command } não existe. Para dizer isso como texto, escreva / duas vezes; F1 mostra os comandos.
window-no-files = Ainda não dá para enviar arquivos. Isso vem em uma versão futura; até lá, envie um link.
window-no-random = O sistema não fornece números aleatórios. Reinicie o computador e tente de novo.
window-not-sent = Não enviada: { $why }
window-notify-open = Mostrar
window-offers = Sugestões
window-offers-key = Tab aceita, ↑ ↓ escolhem, Esc fecha
window-older = Mensagens anteriores…
window-reply = Responder
window-reply-elsewhere = Uma mensagem anterior
window-reply-ignored = Uma mensagem de uma pessoa ignorada
window-replying = Você está respondendo a { $name }
window-replying-gone = Você está respondendo a uma mensagem anterior
window-retry = Tentar de novo
window-role-guest = visitante
window-role-member = membro
window-role-moderator = moderação
window-role-operator = quem cuida do servidor
window-role-owner = dono
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
window-seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
window-select = Selecionar
window-selected = { $count ->
    [one] { $count } mensagem selecionada
   *[other] { $count } mensagens selecionadas
}
window-send = Enviar
window-sending = enviando…
window-settings = Configurações
window-show-all = Mostrar o resto ({ $bytes } bytes)
window-slow = Pausa entre duas mensagens de uma pessoa
window-slow-auto = conforme o número de pessoas
window-slow-none = nenhuma
window-slow-now = Nesta sala há uma pausa de { $seconds } s entre duas mensagens.
window-stop-hosting = Fechar a sala para todos
window-stop-hosting-question = Fechar a sala para todos?
window-stop-hosting-words = Ninguém chega a ela até você abri-la de novo. O que foi dito fica neste computador.
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
window-until = até { $time }
window-waiting = reconectando…
window-went = { $count ->
    [one] { $names } saiu.
   *[other] { $names } saíram.
}
window-why = Motivo (todos leem; pode ficar vazio)
window-why-too-long = Um motivo tem no máximo { $most } caracteres.
window-you = { $name } (você)
window-no-display = Nenhuma janela pode ser aberta aqui ({ $cause }). Em um computador sem tela, use `papo join`; por SSH, encaminhe o monitor.
window-notify-hidden = Uma mensagem nova
window-notify-title = { $name } em { $room }
window-cleared = Tela limpa. Abra a sala de novo para ver o que foi dito antes.
window-ignore = Ignorar
window-ignore-why = Você não vê mais nada do que a pessoa diz, em nenhuma sala. Ninguém fica sabendo.
window-ignored = ignorado
window-notify = Avisar sobre
window-notify-usual = como nas configurações: { $choice }
window-paste-field = Colocar no campo
window-paste-several = { $count ->
    [one] Enviar como { $count } mensagem
   *[other] Enviar como { $count } mensagens
}
window-paste-title = { $count ->
    [one] Colar { $count } linha?
   *[other] Colar { $count } linhas?
}
window-paste-too-large = É texto demais para o campo. Copie uma parte, ou envie de outro jeito.
window-paste-too-many = Seriam mais de { $most } mensagens de uma vez. Coloque uma parte no campo, ou envie de outro jeito.
window-unignore = Deixar de ignorar
window-key-break = Nova linha
window-key-cancel = Desiste de responder ou alterar; senão, vai à mensagem mais nova
window-key-complete = Completa @nome, #sala, :emoji: e /comando
window-key-copy = Copiar
window-key-edit = Alterar, se for sua
window-key-edit-last = Enquanto nada está escrito: alterar sua última mensagem
window-key-empty = Enquanto nada está escrito: { $what }
window-key-own-above = A linha que você escreveu antes
window-key-own-below = A linha que você escreveu depois
window-key-react = Pôr um polegar embaixo, ou tirá-lo
window-key-reply = Responder
window-key-room-number = A sala com este número na lista
window-key-select = Selecionar, para copiar com outras
window-key-select-more = Selecionar tudo de lá até aqui
window-key-send = Enviar
window-key-take-back = Retirar, se for sua
window-key-rooms = Mostrar ou esconder as salas
