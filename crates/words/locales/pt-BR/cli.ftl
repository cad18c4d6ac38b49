# A linha de comando: o que há de errado no que se digitou, o arquivo de configuração, serve, cert e invite.

cli-links-here = Agora os links papo:// abrem o papo, e ele está no menu de programas. `papo desktop --remove-links` desfaz as duas coisas.
cli-links-removed = { $count ->
    [0] Não havia nada a desfazer.
   *[other] O papo não está mais no menu de programas nem abre links.
}
cli-links-unsure = O papo está no menu de programas. Se os links papo:// o abrem depende do seu ambiente: instale xdg-utils e repita para garantir.
cli-warning = papo: aviso: { $text }
cli-no-signals = os sinais do sistema não podem ser recebidos: { $cause }
cli-output-unwritable = não se pode escrever na saída padrão: { $cause }; confira para onde ela vai
cli-unwritable = { $file } não pode ser gravado: { $cause }; confira as permissões da pasta
cli-unreadable = { $file } não pode ser lido: { $cause }; confira as permissões
cli-folder = a pasta { $folder } não pode ser criada: { $cause }; escolha outra com --data PASTA

# De onde vem um valor. O que há de errado segue depois de dois-pontos.
cli-source-variable = a variável de ambiente { $variable }
cli-source-file = { $key } em { $file }
cli-wrong = { $source }: { $why }
cli-not-utf8 = { $source } não é UTF-8
cli-config-missing = não existe o arquivo de configuração { $file }: confira o caminho ou deixe --config de fora
cli-config-unreadable = o arquivo de configuração { $file } não pode ser lido: { $cause }; confira as permissões
cli-config-not-toml = o arquivo de configuração { $file } não é TOML:
    { $cause }
cli-config-kind = { $key } em { $file } não é texto, nem número inteiro, nem true ou false: escreva como um deles
cli-config-unknown = { $key } em { $file } não é conhecido e é ignorado: { $offer }
cli-config-mean = você quis dizer "{ $name }"?
cli-config-there-are = existem { $names }
cli-not-truth = { $text } não é nem true nem false: escreva um dos dois
cli-not-number = { $text } não é um número inteiro a partir de { $least }
cli-not-rate = { $why }: escreva um, ou off
cli-not-limit = { $text } não é um limite: escreva off, ou NOME=VALOR, ou vários com vírgulas entre eles
cli-no-limit = não existe o limite { $name }: existem { $names }
cli-not-port = { $text } não é uma porta: escreva um número inteiro de { $least } a 65535
cli-not-admin = { $text } não é uma porta nem um endereço com uma: escreva, por exemplo, 9464 ou 10.0.0.5:9464
cli-not-also = { $text } não é um endereço inteiro: escreva ENDEREÇO:PORTA, vários com vírgulas
cli-too-many-servers = são servidores demais: podem ser citados até { $max }
cli-host-port = { $text } contém uma porta: escreva só o endereço, e a porta com --port
cli-none-of = { $text } não é nenhum destes: { $words }
cli-not-seq = { $text } não é o número de uma mensagem: escreva um número inteiro a partir de 0
cli-too-many-earlier = { $count } mensagens são demais de uma vez: peça no máximo { $most }
cli-lines-and-text = --lines lê a entrada padrão: deixe de fora o texto, ou --lines
cli-port-twice = a porta aparece duas vezes: em { $source } e em --port
cli-no-engine = isto não é o endereço de um registro que servidores usam juntos: escreva postgres://USUÁRIO@ENDEREÇO/BANCO ou nats://ENDEREÇO[,ENDEREÇO]
cli-log-and-history = --log não combina com --history none, --durability e --history-max: quem decide isso é o sistema que guarda o registro
cli-port-twice-serve = a porta aparece duas vezes: tire-a de ENDEREÇO:PORTA ou de --port
cli-no-name = a sua conta não tem nome aqui: diga como você quer se chamar com --name NOME
cli-cert-and-key = --cert e --key andam juntos: indique os dois arquivos, ou nenhum para usar os do próprio servidor
cli-acme-and-cert = --acme e --cert não andam juntos: deixe de fora --cert e --key, e o servidor obtém um certificado por si mesmo
cli-not-acme-name = { $text } não é um nome que uma autoridade pública assine: escreva um como chat.example
cli-not-directory = { $text } não é o endereço de uma autoridade: escreva um que comece com https://
cli-no-home = não há pasta pessoal para guardar os dados do servidor: indique uma pasta com --data PASTA
cli-lang = { $text } não é um idioma que o papo fala: escreva en ou pt

# papo serve.
cli-no-host = não existe computador chamado { $host }: indique um endereço deste computador, como -ip 127.0.0.1
cli-open-to-all = Quem alcançar este endereço pode entrar (--open). A conversa é cifrada do mesmo jeito.
cli-admin = Este servidor informa seus números em { $address }
cli-invite = O convite, para as outras pessoas:
cli-health-ready = pronto: { $address }
cli-health-not-ready = O servidor em { $address } não está pronto: { $why }. O registro dele diz mais.
cli-invite-untold = Nenhum convite é mostrado aqui. `papo room lobby owner-invite` cria um para quem terá a posse da sala, `papo invite` um para as outras pessoas.
cli-how-to-close = Ctrl-C fecha a sala.
cli-stopping = Fechando: todos são avisados. Mais um Ctrl-C encerra na hora.
cli-stopped = A sala está fechada. Tudo o que se disse está guardado.
cli-stopped-gone = A sala está fechada, e o que se disse se foi (--history none).
cli-started = A sala está aberta em { $addresses }.
    { "  " }impressão digital  { $fingerprint }
cli-started-first = { "  " }pasta              { $folder }
    Este é o primeiro início: uma nova chave e um novo certificado foram criados nessa pasta.
cli-how-to-use = Elas digitam: { $command }
cli-with-certificate = Ou com o certificado: { $command }
cli-log-in-use = { $log }: outro programa está usando este registro de mensagens, provavelmente outro `papo serve`. Feche-o, ou escolha outra pasta com --data PASTA

# papo cert.
cli-cert-made = Criados { $key } (guarde em segredo) e { $certificate } (dê a quem for entrar com --ca).
    A impressão digital:
cli-cert-authority =
    Criada { $authority }, uma autoridade para { $names } e nada mais. A partir do próximo início o servidor mostra um certificado dela, manda assiná-lo de novo por si mesmo e conserva a chave: os convites continuam valendo.
    A chave da autoridade é { $authority_key }. Ela não deve sair deste computador: quem a tem pode se passar por este servidor. Guarde também { $key } em segredo. Quem entrava com --ca server.crt usa de agora em diante authority.crt.
cli-cert-no-authority = { $folder } não contém autoridade: crie uma com `papo cert make --local-ca NOME`, com os nomes e endereços pelos quais os outros alcançam o servidor
cli-cert-trust =
    Para abrir a página sem aviso, cada computador e cada celular precisa confiar uma vez neste arquivo:
      { $file }
    Leve-o até lá por um caminho em que ninguém possa trocá-lo, como um pen drive; as chaves ficam no servidor.

    Debian, Ubuntu   sudo cp authority.crt /usr/local/share/ca-certificates/papo.crt && sudo update-ca-certificates
    Fedora, Arch     sudo trust anchor authority.crt
    Chrome no Linux  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n papo -i authority.crt
    macOS            sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain authority.crt
    Windows          certutil -addstore -user Root authority.crt
    Firefox          Configurações, Privacidade e segurança, Ver certificados, Autoridades, Importar: confiar para sites
    Android          Configurações, Segurança, Criptografia e credenciais, Instalar um certificado, Certificado de CA
    iPhone, iPad     abrir o arquivo, Ajustes, Perfil Baixado, Instalar; depois Geral, Sobre, Certificados Confiáveis

    Depois, reinicie o navegador. papo join e a janela não precisam de nada disso: o convite lhes diz a chave do servidor.
cli-cert-facts = arquivo            { $file }
    impressão digital  { $fingerprint }
    válido desde       { $begin }
    válido até         { $end }
    nomes              { $names }
cli-cert-wrong = { $file } não pode ser lido como certificado: { $cause }; dê um em formato PEM

# papo invite.
cli-invite-never = nenhum servidor foi aberto ainda com a pasta { $folder }: abra um com `papo serve`, ou indique a pasta dele com --data PASTA
cli-invite-damaged = { $file } está danificado ({ $cause }): o próximo `papo serve` o escreve de novo
cli-invite-too-long = o link não cabe em um código QR: { $cause }

# papo key.
cli-passphrase-new = Uma senha para a chave (nada aparece enquanto você digita):
cli-passphrase-again = A mesma outra vez:
cli-passphrase-differs = as duas senhas são diferentes, e nada foi gravado: tente de novo
cli-passphrase = A senha da chave (nada aparece enquanto você digita):
cli-passphrase-no-terminal = aqui não há a quem pedir a senha: ponha-a em um arquivo que só você possa ler, e indique-o com --passphrase-file ARQUIVO
cli-passphrase-unread = nenhuma senha foi dada ({ $cause }): tente de novo, ou ponha-a em um arquivo e indique-o com --passphrase-file ARQUIVO
cli-key-exported = A chave { $badge } está em { $file }. Quem tem este arquivo e a senha é você; sem a senha, ninguém o abre.
cli-key-imported = Agora você é { $badge }. Um papo que já está aberto só a usa quando for iniciado de novo.
cli-key-kept = A chave que estava aqui está guardada: { $file }
cli-key-same = Você já é { $badge }; nada mudou.
cli-pair-offer = No outro dispositivo, digite:

    { "    " }papo key pair { $code }

    Vale uma vez, por { $minutes ->
        [one] um minuto
       *[other] { $minutes } minutos
    }, a partir de um dispositivo que alcance { $address }. Quem o digitar lá é você dali em diante: não o mostre a mais ninguém. Ctrl-C o cancela.
cli-pair-alone = Este computador não está em nenhuma rede, então o código só serve nele mesmo.
cli-pair-stranger = Alguém veio de { $from } com outro código e não recebeu nada. Se foi você, digite-o de novo.
cli-pair-done = O dispositivo em { $from } tem agora a sua chave: os dois são { $badge }.

# papo bench.
cli-yardstick-ended = a medida de comparação terminou: { $cause }
cli-report-unwritable = o relatório não pode ser gravado em { $file }: { $cause }
cli-socket-wrong = o que foi aberto para este servidor não é um socket TCP que escuta ({ $cause }): corrija ListenStream= na unidade de socket, ou inicie o papo sem ela
cli-by-invite = Só entra quem tem um convite. Para mais um: papo room { $room } invite
cli-first-owner = Quem entrar primeiro por este convite tem a posse da sala: use-o você antes de passá-lo adiante.
cli-room-unknown = não há o comando { $command }: papo room --help mostra quais há
cli-room-shared = o servidor em { $folder } usa um registro junto com outros ({ $engine }) e está parado: inicie-o, ou faça isto em outro servidor que usa o mesmo registro
cli-room-unreachable = não dá para falar com o servidor em { $folder } ({ $cause }): tente de novo, ou pare o servidor antes
cli-room-no-random = o sistema não dá números aleatórios: tente de novo
cli-room-no-answer = o servidor responde outra coisa: atualize o papo aqui e lá

# papo room ROOM access.
cli-access-in = entrar
cli-access-in-all = quem alcança o servidor
cli-access-in-invited = quem tem um convite
cli-access-in-nobody = ninguém novo: a sala está trancada
cli-access-speak = falar
cli-access-speak-all = todos
cli-access-speak-staff = só moderadores e donos
cli-access-slow = ritmo
cli-access-slow-off = livre
cli-access-slow-on = { $seconds } s entre duas mensagens
cli-access-slow-auto = { $seconds } s entre duas mensagens, conforme quantos estão aqui
cli-access-staff = Donos e moderadores
cli-access-owner = dono
cli-access-moderator = moderador
cli-access-bans = Banidos
cli-access-mutes = Silenciados
cli-access-until = até { $time }
cli-access-for-good = sem prazo
cli-access-invites = Convites
cli-access-by = de { $who }
cli-access-used = { $count ->
    [0] ninguém entrou
    [one] { $count } entrou
   *[other] { $count } entraram
}
cli-access-left = { $count ->
    [one] mais { $count } pode
   *[other] mais { $count } podem
}
cli-access-any = quantos quiserem
cli-access-makes-owner = faz um dono
cli-owner-there = a sala { $room } já tem dono. Para mais um: papo room { $room } op NOME owner
