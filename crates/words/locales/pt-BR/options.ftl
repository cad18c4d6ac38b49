# A ajuda dos comandos e das opções. O texto inglês está junto da definição de cada opção; as chaves, em
# en/options.ftl.

options-about-papo = Uma sala de conversa cifrada em um comando
options-behind-papo = Comece com `papo serve`; ele mostra o que as outras pessoas digitam.

    Cada opção é também uma variável de ambiente (o nome está no --help do comando) e uma chave do arquivo de configuração: [serve] para serve, invite, room, health e cert, [client] para join, send, tail e key. A opção vale antes da variável, e a variável antes do arquivo. PAPO_TARGET e a chave target de [client] fazem as vezes de DESTINO.

    Você é a mesma pessoa em todo `papo join`; com --profile PASTA, é uma segunda no mesmo computador.

    Códigos de saída: 0 feito; 1 outra falha; 2 uso errado; 3 sem conexão; 4 servidor em que não se confia; 5 recusado pelo servidor; 6 conexão perdida antes do fim; 7 um arquivo ou pasta daqui.
options-about-serve = Abrir uma sala: iniciar o servidor
options-behind-serve = Sem opções, o servidor escuta em 127.0.0.1:12345, só para este computador, e no primeiro início cria a própria chave e o próprio certificado.

    O link de convite vai para a saída padrão, todo o resto para a saída de erros. Ctrl-C encerra com calma, um segundo Ctrl-C na hora.
options-about-join = Entrar em uma sala, linha por linha: ler, escrever, /help
options-behind-join = DESTINO é um link de convite, ENDEREÇO ou ENDEREÇO:PORTA.

    O que os outros dizem vai para a saída padrão, todo o resto para a saída de erros. Linhas de um pipe são enviadas uma a uma; no fim da entrada, o papo espera até a sala ter todas, e termina. Esta versão só tem o modo de linhas; --plain o pede pelo nome, para quando também houver uma tela inteira.

    Para ser uma segunda pessoa no mesmo computador, use uma pasta própria: papo join --profile PASTA --name NOME.
options-about-desktop = Abrir a janela
options-behind-desktop = DESTINO é um link de convite, ENDEREÇO ou ENDEREÇO:PORTA; essa sala é mostrada, ao lado das que estavam abertas por último. Sem ele, e sem endereço, a janela mostra onde você estava.

    --install-links põe o papo no seu menu de programas e faz com que ele abra links papo://, que são convites com papo em vez de https no começo; não precisa de nenhum direito no sistema. Um link que chega assim é mostrado antes de qualquer conexão.
options-desktop-install_links = Fazer os links papo:// abrirem a janela, mostrar o papo no menu de programas, e terminar
options-desktop-remove_links = Desfazer o que --install-links fez, e terminar
options-about-send = Dizer algo em uma sala e terminar quando a sala o tiver
options-behind-send = A primeira palavra é o DESTINO se for um link de convite, ENDEREÇO:PORTA, um endereço IP ou localhost; com --ip ou --port, toda palavra é texto. Sem texto, a entrada padrão é lida até o fim e enviada como uma mensagem.

    papo send só termina com 0 quando a sala guardou a mensagem. Uma conexão que cai é refeita até o tempo acabar.
options-about-tail = Mostrar o que se diz em uma sala
options-behind-tail = DESTINO é um link de convite, ENDEREÇO ou ENDEREÇO:PORTA. Conexões que caem são refeitas, e nada falta nem aparece duas vezes.
options-about-invite = Mostrar o link de convite do servidor deste computador
options-about-health = Dizer se o servidor deste computador está pronto, para verificações automáticas
options-behind-health = O servidor é perguntado como os membros o alcançam, por TLS, e só vale a resposta daquele a que esta pasta pertence. O comando termina com 0 se o servidor está pronto, com 1 se ele diz que não está, e senão com o código do que está errado. As variáveis de `papo serve` valem aqui também: em um contêiner, `papo health` é a verificação inteira.
options-about-cert = Criar ou mostrar o certificado do servidor
options-about-room = Cuidar de uma sala do servidor deste computador
options-room-room = A sala
options-room-command = O que fazer nela
options-room-words = A quem, por quanto tempo, por quê
options-room-json = Mostrar access e audit como JSON, na forma do protocolo
options-behind-room = COMANDO é um destes: invite [USOS] [TEMPO], owner-invite, revoke CONVITE, access, audit, kick QUEM [MOTIVO], ban QUEM [TEMPO] [MOTIVO], unban QUEM, mute QUEM [TEMPO] [MOTIVO], unmute QUEM, op QUEM [owner], deop QUEM, slow TEMPO|auto|off, announce [on|off], lock, unlock. QUEM é um nome, NOME#abcd quando há mais de uma pessoa com ele, ou um id; TEMPO é 30s, 10m, 2h ou 7d. O servidor pode estar aberto ou não.
options-about-cert-make = Criar a chave e o certificado do servidor, como faz o primeiro `papo serve`
options-about-cert-trust = Dizer como um computador ou celular passa a confiar na autoridade que `papo cert make --local-ca` criou
options-about-cert-show = Mostrar a impressão digital, os nomes e o prazo de um certificado
options-about-cert-fingerprint = Mostrar só a impressão digital de um certificado
options-about-key = Levar a sua chave para outro dispositivo: por um código, ou em um arquivo protegido por uma senha
options-about-key-export = Gravar a chave que você é em um arquivo protegido por uma senha
options-behind-key-export = A senha é pedida no terminal e não aparece; um script a põe na primeira linha de um arquivo que só você possa ler (--passphrase-file ou PAPO_PASSPHRASE_FILE). Quem esquece a senha perde o arquivo.
options-about-key-import = Ser, aqui, quem está em um arquivo gravado por `papo key export`
options-behind-key-import = Uma chave que já está aqui fica como está, a não ser com --replace; então ela fica guardada ao lado da nova.
options-about-key-pair = Levar a chave para outro dispositivo na mesma rede, por um código que se digita lá
options-behind-key-pair = No dispositivo que tem a chave, `papo key pair` mostra um código e espera; no outro, `papo key pair CÓDIGO` pega a chave. Os dois precisam se alcançar, por exemplo no mesmo Wi-Fi; onde isso não acontece, use `papo key export`.

    Uma chave que já está aqui fica como está, a não ser com --replace; então ela fica guardada ao lado da nova.
options-about-bench = Medir o que um servidor neste computador aguenta: muitos membros, uma sala, TLS de verdade
options-about-help = Mostrar esta ajuda ou a de um comando

# O que vários comandos têm.
options-any-config = Ler este arquivo de configuração em vez de papo/config.toml na pasta de configuração do sistema
options-any-lang = O idioma: en ou pt; o do sistema se não for informado
options-any-help = Mostrar a ajuda
options-any-version = Mostrar a versão
options-any-data = A pasta do servidor
options-any-ip = O endereço do servidor; `-ip IP` também serve. 127.0.0.1 se não for informado
options-any-port = A porta do servidor; 12345 se não for informada
options-any-room = A sala; a do convite, ou então `lobby`
options-any-name = Como você quer se chamar; o nome da sua conta se não for informado
options-any-ca = Confiar no servidor com este certificado (PEM), o dele mesmo ou o da autoridade dele
options-any-profile = A pasta com a sua chave, os servidores em que você confia e as suas mensagens
options-any-target = Um link de convite, ENDEREÇO ou ENDEREÇO:PORTA
options-any-file = Um certificado (PEM); o da pasta do servidor se não for informado
options-any-json = Mostrar cada mensagem como um objeto JSON, como o protocolo a tem
options-any-passphrase_file = Ler a senha da primeira linha deste arquivo em vez de pedi-la
options-key-export-file = O arquivo a gravar; não pode existir ainda
options-key-import-file = O arquivo gravado por `papo key export`
options-key-pair-code = O código que o outro dispositivo mostra; sem ele, este dispositivo mostra um
options-key-pair-address = O endereço em que o outro dispositivo alcança este; procurado automaticamente se não for informado
options-key-pair-timeout = Desistir depois de tantos segundos; 600 se não for informado
options-key-pair-qr = Desenhar o código também como código QR (na saída de erros); em um terminal isso já acontece
options-key-pair-replace = Tomar o lugar da chave que já está aqui, que fica guardada ao lado
options-key-import-replace = Tomar o lugar da chave que já está aqui, que fica guardada ao lado

options-desktop-frame_times = Escrever neste arquivo quanto dura cada quadro, um objeto JSON por linha

options-serve-host = Onde escutar: ENDEREÇO ou ENDEREÇO:PORTA, em vez de --ip e --port
options-serve-ip = O endereço em que escutar; `-ip IP` também serve. 127.0.0.1 se não for informado
options-serve-port = A porta em que escutar; 12345 se não for informada, 0 para qualquer uma livre
options-serve-data = A pasta em que o servidor guarda tudo: chave, certificado, mensagens
options-serve-cert = Um certificado (PEM) em vez do próprio do servidor; junto com --key
options-serve-key = A chave privada (PEM) de --cert
options-serve-acme = Obter de uma autoridade pública um certificado para este nome, e renová-lo: os navegadores então não mostram aviso. O nome deve levar até aqui, e sua porta 443 à deste servidor. Vários, com vírgulas. Com isto você aceita os termos da autoridade
options-serve-acme_directory = O diretório da autoridade; o do Let's Encrypt, se não for informado
options-serve-acme_root = Em quem acreditar que é a autoridade (PEM), para uma própria
options-serve-open = Deixar entrar quem alcançar a porta; sem isso, onde outros alcançam o servidor só se entra com convite
options-serve-no_invite = Não mostrar convite: onde um registro guarda o que é mostrado, quem o lê poderia entrar
options-serve-address = O endereço que o link de convite mostra, quando os outros alcançam este servidor por outro
options-serve-also = Onde as mesmas salas também estão, em servidores que usam juntos o registro: os convites os citam, e os membros seguem lá quando este servidor termina. Vários, com vírgulas
options-serve-durability = Quando uma mensagem conta como guardada: no disco (`disk`, o padrão), ou com o sistema operacional (`os`: mais rápido, mas uma queda de energia pode levar as últimas mensagens)
options-serve-history = Onde ficam as mensagens: no disco (`disk`, o padrão), ou só na memória (`none`)
options-serve-log = Guardar as mensagens em um registro que vários servidores usam juntos, em vez de um arquivo aqui: `postgres://USUÁRIO@ENDEREÇO/BANCO` ou `nats://ENDEREÇO[,ENDEREÇO]`. Qual escolher está no manual de operação
options-serve-history_max = Até quanto o arquivo de mensagens pode crescer, em MiB; tanto quanto o disco se não for informado. Quando enche, nada mais é guardado e todos são avisados
options-serve-slow = Quanto se espera entre duas mensagens: segundos, `off` (o padrão) ou `auto`, que segue quantas pessoas há
options-serve-shards = Quantos laços de eventos; 0 (o padrão) para um em cada núcleo do processador
options-bench-handshakes = Quantas conexões só se cumprimentam, antes de tudo: o que só o TLS custa ao servidor
options-serve-limits = `off` para nenhuma taxa e nenhum limite por endereço, para testes de carga; ou uma lista de NOME=VALOR, que o manual de operação explica
options-serve-rate = Mensagens por segundo que um membro pode enviar, ou `off`; uma rede pode enviar tantas quantas, se for mais do que o normal
options-serve-connections = Quantas conexões no máximo
options-serve-admin = Onde se podem pedir números e estado por HTTP: uma porta deste computador, ou IP:PORTA, ali por TLS. Em lugar nenhum, se não for informado
options-serve-log_format = Como são as linhas do registro de operação: `text` (o padrão) ou `json`; neste caso a saída de erros não contém mais nada, e o que se diria a pessoas são linhas do nível info
options-serve-log_level = Quais linhas do registro de operação são escritas: error, warn (o padrão), info, debug ou trace
options-join-plain = Linha por linha, sem desenhar uma tela (por enquanto o único modo)
options-join-earlier = Quantas mensagens anteriores mostrar ao entrar; 20 se não for informado
options-send-words = Talvez o DESTINO, e o que dizer; sem texto, o que houver na entrada padrão
options-send-lines = Enviar cada linha da entrada padrão como uma mensagem, em ordem
options-send-timeout = Desistir depois de tantos segundos; 30 se não for informado
options-tail-after = Começar depois da mensagem deste número; 0 para tudo o que a sala ainda tem
options-tail-count = Terminar depois de tantas mensagens
options-tail-no_follow = Terminar na mensagem mais nova em vez de esperar por outras
options-tail-offline = Mostrar o que este computador guardou da sala, sem conexão
options-health-ip = O endereço em que o servidor escuta; `-ip IP` também serve. 127.0.0.1 se não for informado
options-invite-address = O endereço em que os outros alcançam o servidor; o último em que ele escutou, se não for informado
options-invite-cert = O certificado do servidor (PEM); o do último início, se não for informado
options-invite-room = A sala a que o link leva; `lobby` se não for informada
options-invite-qr = Desenhar o link também como código QR (na saída de erros); em um terminal isso acontece de qualquer modo
options-cert-make-local_ca = Criar também uma pequena autoridade do próprio servidor, só para esses nomes: navegadores que confiam nela não mostram aviso. A chave do servidor, se houver, continua a mesma, e com ela todos os convites
options-cert-make-names = Nomes e endereços pelos quais os outros alcançam o servidor, além de localhost
options-help-subcommand = O comando de que se quer a ajuda

options-bench-invite = O convite de um servidor aberto sem limite de mensagens; sem convite, um servidor é aberto para a medição
options-bench-process = Com CONVITE: o número do processo do servidor neste computador, para medir o tempo de processador e a memória
options-bench-yardstick = Medir a medida de comparação em vez do papo: um laço simples que só faz as escritas cifradas
options-bench-listeners = Quantos membros só escutam
options-bench-writers = Quantos membros escrevem; eles também ouvem tudo
options-bench-rooms = Por quantas salas os membros se distribuem
options-bench-rate = Mensagens por segundo, de todos os que escrevem juntos, em horário fixo; senão, tão depressa quanto ecoam
options-bench-window = A toda velocidade, quantas mensagens de todos juntos esperam pelo eco [padrão: 64]
options-bench-bytes = O tamanho do texto de uma mensagem, em bytes
options-bench-seconds = Quanto tempo medir, em segundos
options-bench-warmup = Quanto tempo rodar antes de medir, em segundos; nenhum com --messages
options-bench-messages = Terminar a carga depois de tantas mensagens, se isso vier antes
options-bench-idle = Quantas conexões só ficam, em uma sala própria: a memória delas, e a carga do servidor em repouso
options-bench-storm = Quantos membros a mais entram o mais depressa que podem enquanto a carga segue
options-bench-slow = Quantos ouvintes a mais param de ler quando a carga começa, e voltam a ler no fim
options-bench-carrier = Como os membros falam com o servidor; todos menos `lines` e `websocket` precisam de um CONVITE
options-bench-log = O que o servidor aberto guarda
options-bench-shards = Quantas linhas de execução do servidor aberto atendem conexões
options-bench-data = Onde o servidor aberto guarda os arquivos; uma pasta que depois é apagada, se não for informada
options-bench-pin = Pôr o servidor no primeiro núcleo e o gerador de carga no segundo (Linux)
options-bench-json = Mostrar a medição como JSON
options-bench-report = Escrever uma página com números e gráficos neste arquivo
options-bench-serve_yardstick = Ser o servidor da medida de comparação em vez de medir

# Os nomes dos valores.
options-value-code = CÓDIGO
options-value-lang = IDIOMA
options-value-list = LISTA
options-value-command = COMANDO
options-value-dir = PASTA
options-value-file = ARQUIVO
options-value-host = ENDEREÇO
options-value-invite = CONVITE
options-value-level = NÍVEL
options-value-name = NOME
options-value-options = OPÇÕES
options-value-port = PORTA
options-value-room = SALA
options-value-words = PALAVRAS
options-value-seconds = SEGUNDOS
options-value-target = DESTINO
options-value-text = TEXTO
