# O modo de linhas: join, send e tail. Um aparte começa com asterisco.

chat-kept-for-later = * Sem conexão: isto fica guardado e vai quando o servidor voltar.
chat-back = * Conectado de novo.
chat-line-not-utf8 = a entrada não é UTF-8: converta antes, por exemplo com iconv
chat-line-too-long = a linha é longa demais para uma mensagem: divida em várias
chat-lines-not-sent = algumas linhas não foram enviadas; o que há de errado com elas está acima
chat-new-log = * O registro da sala foi trocado (voltou de uma cópia ou foi feito de novo): o que está acima não vale mais. O que há agora:
chat-nothing-kept = * Ainda não há nada desta sala guardado aqui: o que `papo join` mostra fica guardado para ler sem conexão.
chat-nothing-to-say = não há nada a dizer: escreva um texto depois de `papo send`, ou mande um pela entrada padrão
chat-help = * Escreva uma linha para dizê-la. Linhas que começam com / são comandos:
    { "    " }/help            esta lista
    { "    " }/nick NOME       mudar de nome
    { "    " }/me TEXTO        dizer o que você está fazendo
    { "    " }/call QUEM NOME  dar um apelido a alguém: só você o vê; /call QUEM o tira, /call mostra todos
    { "    " }/who             quem está aqui; /whois QUEM: o que se sabe de alguém
    { "    " }/ignore QUEM     não ver mais nada de alguém; /unignore QUEM; /ignore lista
    { "    " }/search TEXTO    o que foi dito aqui, até onde este computador guardou
    { "    " }/shrug [TEXTO]   acrescenta ¯\_(ツ)_/¯; /clear limpa a tela
    { "    " }/history [N]     N mensagens mais antigas que as mostradas (20)
    { "    " }/reply TEXTO     responder à última mensagem dos outros; /react EMOJI põe um sinal nela, ou o tira
    { "    " }/edit TEXTO      mudar a sua última mensagem; /delete a apaga
    { "    " }                 /reply ^2 TEXTO, /delete ^2: a anterior a ela; ^#812: a que tem esse número (`papo tail --json` conta)
    { "    " }/timestamp on|off  as linhas começam com a hora, ou não
    { "    " }/leave, /quit    sair da sala
    { "    " }/invite [N] [TEMPO] criar um convite para N pessoas, por um tempo como 2h ou 7d
    { "    " }/kick, /ban, /mute QUEM [TEMPO] [MOTIVO]; /unban, /unmute QUEM
    { "    " }/op QUEM [owner], /deop QUEM; /lock, /unlock; /announce on|off
    { "    " }/slow TEMPO|auto|off; /revoke CONVITE; /access, /audit
    { "    " }//texto          dizer /texto
chat-ask = O servidor em { $address } ainda não é conhecido aqui. A impressão digital dele é
    { "  " }{ $fingerprint }
    Compare com a que diz quem cuida do servidor (`papo serve` a mostra). É a mesma? [s/N]
# O que se pode responder a isso além de y e yes, em minúsculas, com espaços entre as palavras.
chat-yes = s sim
chat-waiting = * { $why } Nova tentativa em { $seconds } s.
chat-still-waiting = * Ainda sem conexão. Nova tentativa em { $seconds } s.
chat-joined = * Você está na sala { $room } como { $you }, { $with }. /help lista os comandos.
chat-alone = ainda sem companhia
chat-with = com { $names }
chat-with-others = { $count ->
    [one] com mais { $count } pessoa
   *[other] com mais { $count } pessoas
}
chat-here = * Aqui: { $names }
chat-here-and-more = * Aqui: { $names } e mais { $more }
chat-came = { $count ->
    [one] * Entrou: { $names }. { $count } pessoa na sala.
   *[other] * Entrou: { $names }. { $count } pessoas na sala.
}
chat-went = { $count ->
    [one] * Saiu: { $names }. { $count } pessoa na sala.
   *[other] * Saiu: { $names }. { $count } pessoas na sala.
}
chat-nobody = ninguém
chat-renamed = * { $before } agora se chama { $name }.
chat-guest = { $who } (visitante)
chat-you-are = * Agora você se chama { $name }.
chat-called = * A partir de agora { $who } é { $name } para você. Só você vê isso.
chat-called-no-more = * { $who } volta a aparecer com o próprio nome.
chat-called-list = * Seus apelidos: { $list }
chat-called-nobody = * Você não deu apelido a ninguém. /call QUEM APELIDO dá um.
chat-called-not = você não deu nenhum apelido a { $who }
chat-call-wrong = /call APELIDO: { $why }
chat-petname = { $petname } ({ $name })
chat-older-none = * Não há mensagens mais antigas.
chat-older-more = { $count ->
    [one] * { $count } mensagem mais antiga; /history mostra mais:
   *[other] * { $count } mensagens mais antigas; /history mostra mais:
}
chat-older-first = { $count ->
    [one] * { $count } mensagem mais antiga, a primeira da sala:
   *[other] * { $count } mensagens mais antigas, as primeiras da sala:
}
chat-namesake-here = * Agora você aparece como { $you }: há outra pessoa chamada { $other } aqui.
chat-namesake-spoke = * Agora você aparece como { $you }: outra pessoa chamada { $other } falou aqui.
chat-double = * Atenção: { $newcomer } está aqui agora, e não é a mesma pessoa que { $present }. O sinal depois do nome (#) distingue as duas.
chat-replies = { $who } responde a { $to } ("{ $words }"): { $text }
chat-replies-to-ignored = { $who } responde a uma pessoa ignorada: { $text }
chat-replies-to-number = { $who } responde à { $number }: { $text }
chat-changed = { $who } mudou { $quoted } para: { $text }
chat-took-back = { $who } apagou: { $quoted }
chat-took-back-number = { $who } apagou a { $number }
chat-cannot-change = { $who } não pode mudar o que { $whose } disse ("{ $words }") para: { $text }
chat-cannot-take-back = { $who } não pode apagar o que { $whose } disse ("{ $words }")
chat-reacts = { $who } reage com { $emoji } a { $quoted }
chat-no-longer-reacts = { $who } não reage mais com { $emoji } a { $quoted }
chat-truncated = * O servidor não guarda mais o que veio antes da mensagem { $next }.
chat-refused = * O servidor: { $text }
chat-refused-wait = * O servidor: { $text } ({ $seconds } s)
chat-slowed = * Este servidor recebe as mensagens mais devagar do que as suas chegam. Nada se perde: { $waiting ->
        [one] uma espera e é enviada sozinha, em { $seconds } s
       *[other] { $waiting } esperam e são enviadas sozinhas, a próxima em { $seconds } s
    }
chat-not-sent = A mensagem não foi enviada: { $text }
chat-it-was = Era: { $text }
chat-nick = /nick NOME: { $why }
chat-bad-line = * Não enviada: { $why }
chat-unknown-command = não existe /{ $command }. /help lista os comandos; com // na frente, vai como texto
chat-input-unreadable = a entrada padrão não pode ser lida: { $cause }
chat-input-too-long = a entrada é mais longa do que uma mensagem pode ser ({ $most } bytes): envie linha por linha com --lines, ou divida
chat-resending = { $count ->
    [one] * { $count } mensagem da última vez, ainda não enviada, vai agora.
   *[other] * { $count } mensagens da última vez, ainda não enviadas, vão agora.
}
chat-kept = { $count ->
    [one] { $count } mensagem não pôde ser enviada. Ela fica guardada e vai no próximo `papo join` nesta sala.
   *[other] { $count } mensagens não puderam ser enviadas. Elas ficam guardadas e vão no próximo `papo join` nesta sala.
}
chat-timed-out-before-joining = nada foi enviado: não se chegou à sala em { $seconds } s. Confira a rede, ou dê mais tempo com --timeout SEGUNDOS.
chat-timed-out-unknown = { $count ->
    [one] a conexão caiu, e em { $seconds } s não se teve certeza de que a sala tem { $count } mensagem: ela pode ter sido guardada. Olhe com `papo tail --after 0 --no-follow` antes de enviar de novo.
   *[other] a conexão caiu, e em { $seconds } s não se teve certeza de que a sala tem { $count } mensagens: elas podem ter sido guardadas. Olhe com `papo tail --after 0 --no-follow` antes de enviar de novo.
}
chat-operator = quem cuida do servidor
chat-order-whom = /{ $command } precisa de alguém: /{ $command } NOME, ou NOME#abcd quando há mais de uma pessoa com o nome
chat-order-switch = /{ $command } aceita on ou off
chat-order-slow = /slow aceita um tempo como 10s ou 2m, auto para seguir quantos estão aqui, ou off
chat-order-invite = /invite aceita quantas pessoas podem entrar com ele (um número) e por quanto tempo (como 2h ou 7d), ou nada
chat-order-revoke = /revoke precisa dos primeiros caracteres de um convite; /access mostra quais há
chat-order-no-invite = não há um único convite que comece com { $invite }; /access mostra quais há
chat-order-nobody = ninguém com o nome { $whom } é conhecido aqui: só quem está aqui e quem tem um papel, um banimento ou um silêncio; um id sempre serve
chat-order-several = há mais de uma pessoa chamada { $whom }: { $names }
chat-order-no-link = o link precisa da impressão digital do servidor: entre por um link de convite, ou peça um a quem cuida do servidor (papo room SALA invite)
chat-invite-link = * O convite: { $link }
chat-act-kick = { $who } tirou { $whom } da sala
chat-act-ban = { $who } baniu { $whom }
chat-act-ban-for = { $who } baniu { $whom } por { $time }
chat-act-unban = { $who } desfez o banimento de { $whom }
chat-act-mute = { $who } silenciou { $whom }
chat-act-mute-for = { $who } silenciou { $whom } por { $time }
chat-act-unmute = { $who } deixa { $whom } falar de novo
chat-act-slow = { $who } ligou o modo lento: { $time } entre duas mensagens
chat-act-slow-auto = { $who } ligou o modo lento, que segue quantos estão aqui
chat-act-slow-off = { $who } desligou o modo lento
chat-act-announce = { $who } deixa só moderadores e donos falarem
chat-act-announce-off = { $who } deixa todos falarem
chat-act-lock = { $who } trancou a sala: ninguém novo entra
chat-act-unlock = { $who } destrancou a sala
chat-act-op = { $who } deu a { $whom } o papel de moderar
chat-act-own = { $who } deu a { $whom } a posse da sala
chat-act-deop = { $who } tirou o papel de { $whom }
chat-act-invite = { $who } criou o convite { $invite }
chat-act-revoke = { $who } cancelou o convite { $invite }
chat-act-enter = { $who } entrou pelo convite { $invite }
chat-act-enter-owner = { $who } entrou primeiro e tem a posse da sala
chat-act-unknown = { $who } fez algo que esta versão não conhece
chat-access-open = * Quem alcança o servidor pode entrar.
chat-access-by-invite = * Só se entra com convite.
chat-access-locked = * A sala está trancada: ninguém novo entra.
chat-access-announce = * Só moderadores e donos falam.
chat-access-slow = * Modo lento: { $seconds } s entre duas mensagens.
chat-access-slow-auto = * O modo lento segue quantos estão aqui.
chat-access-muted = * Você não pode falar no momento.
chat-access-owners = * Donos: { $names }
chat-access-moderators = * Moderadores: { $names }
chat-access-bans = * Banidos: { $names }
chat-access-mutes = * Silenciados: { $names }
chat-access-invites = * Convites: { $invites }
chat-quote-ignored = o que uma pessoa ignorada disse
chat-not-done = { $line }: não foi feito, pois o que foi dito antes ainda não está na sala; tente de novo quando estiver
chat-ignored-list = * Você não vê nada de: { $list }
chat-found = { $count ->
    [0] * Nada encontrado no que este computador guardou.
    [one] * { $count } mensagem encontrada:
   *[other] * { $count } mensagens encontradas:
}
