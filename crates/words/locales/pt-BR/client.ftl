# A biblioteca do cliente: por que não há conexão, e o que um servidor diz. Frases inteiras, causa e solução.

client-refused = Nada está escutando em { $address }. Abra um servidor lá com `papo serve`, ou confira o endereço e a porta.
client-unknown-host = Não existe computador chamado { $host }. Confira como o nome se escreve e se este computador está conectado à internet, ou use um endereço IP.
client-no-route = Nenhuma rede leva até { $address }. Confira se este computador está conectado e na rede certa (Wi-Fi, VPN).
client-timed-out = { $address } não respondeu a tempo. Confira o endereço e a porta, e se algum firewall, de um lado ou do outro, bloqueia a porta.
client-no-handshake = Algo escuta em { $address }, mas não responde como um servidor papo. Confira o endereço e a porta; se estiverem certos, o servidor está sobrecarregado ou travado.
client-not-tls = O que responde em { $address } não fala TLS, portanto não é um servidor papo. Confira a porta; um servidor aberto com `papo serve` mostra o seu endereço.
client-tls-mismatch = O que responde em { $address } não chega a um acordo sobre TLS 1.3 com este programa ({ $detail }). Confira a porta; se houver um proxy no caminho, ele precisa falar TLS 1.3 ou deixar a conexão passar.
client-not-trusted = O servidor em { $address } não tem a chave esperada. Esperada: { $expected }. Encontrada: { $found }. Ou o servidor foi instalado de novo, ou há alguém no meio do caminho. Peça a impressão digital (`papo cert fingerprint`) a quem cuida dele, por outro meio; só se for a encontrada: { $remedy }.
client-other-certificate = O certificado do servidor em { $address } não é o de { $file }, nem foi assinado por ele. No arquivo: { $expected }. Encontrada: { $found }. Peça o certificado atual a quem cuida do servidor e confira se o arquivo é o certo.
client-unknown-server = O servidor em { $address } ainda não é conhecido aqui, e o sistema não responde por ele ({ $detail }). Impressão digital dele: { $fingerprint }. Use o link de convite, ou o certificado dele (`--ca ARQUIVO`), ou conecte uma vez com `papo join` e compare a impressão digital com a que diz quem cuida do servidor.
client-expired = O certificado do servidor venceu em { $day }. Se esse dia ainda não chegou, acerte o relógio deste computador; senão, quem cuida do servidor precisa renovar o certificado (`papo cert make`).
client-not-yet-valid = O certificado do servidor só vale a partir de { $day }. Se esse dia já passou, acerte o relógio deste computador; senão, o relógio do computador que fez o certificado estava errado: faça um novo (`papo cert make`).
client-wrong-host-name = O certificado do servidor não é para { $host }, e sim para { $names }. Conecte por um nome que esteja nele, ou peça a quem cuida do servidor que faça um para este nome (`papo cert make`).
client-no-name = nenhum nome
client-bad-certificate = O certificado do servidor não pode ser aceito: { $detail }. Peça a quem cuida dele que faça um novo (`papo cert make`).
client-other-version = O servidor fala a versão { $server } do protocolo, este programa a versão { $ours }. Atualize o mais antigo dos dois.
client-no-common-version = O que responde lá não tem nenhuma versão do protocolo em comum com este programa (papo/{ $ours }). Atualize o mais antigo dos dois; ou não é um servidor papo: confira o endereço e a porta.
client-not-papo = O que responde lá fala TLS, mas não é um servidor papo. Confira o endereço e a porta; um proxy no caminho precisa deixar passar o TLS e o ALPN dele.
client-join-refused = O servidor não deixou você entrar: { $text }
client-closed = O servidor encerrou a conexão: { $text }
client-lost = A conexão caiu ({ $detail }). Confira a rede; o servidor também pode ter parado.
client-silent = O servidor está em silêncio. Confira a rede; o servidor também pode estar sobrecarregado ou travado.
client-garbled = O servidor disse algo que este programa não entende ({ $detail }). Atualize o mais antigo dos dois.

# O que fazer quando a chave não é a esperada; depois de dois-pontos.
client-remedy-new-invite = use um novo link de convite
client-remedy-remove-line = apague a linha de { $address } em { $file } e conecte de novo
client-remedy-again = conecte de novo

# Detalhes, entre parênteses.
client-detail-old-tls = ele oferece uma versão mais antiga, ou outros algoritmos
client-detail-no-algorithm = ele não aceita nenhum dos algoritmos deste programa
client-detail-handshake-refused = ele recusou a negociação
client-detail-handshake-failed = a negociação falhou
client-detail-handshake-broken-off = o servidor interrompeu a negociação
client-detail-broken-off = o servidor a interrompeu
client-detail-damaged-on-the-way = o que chegou se estragou no caminho
client-detail-closed = o servidor a encerrou
client-detail-closed-early = ela foi encerrada antes do fim da negociação; talvez o servidor esteja cheio, ou não seja um servidor papo
client-detail-expired = pelo relógio deste computador, o certificado venceu em { $day }
client-detail-not-yet-valid = pelo relógio deste computador, o certificado só vale a partir de { $day }
client-detail-wrong-host = o certificado não é para { $host }
client-detail-no-authority = nenhuma autoridade que ele conhece assinou o certificado
client-detail-no-proof = o servidor não provou que tem a chave do certificado
client-detail-no-certificate = o servidor não mostrou nenhum
client-detail-damaged = ele está danificado
client-detail-unacceptable = ele está danificado, ou é de um tipo que este programa não aceita
client-detail-beyond-log = ele mostra mensagens que o próprio registro não tem depois da { $seq }

# Os arquivos da própria pessoa.
client-ca-unreadable = { $file } não pode ser lido ({ $cause }). Dê ao `--ca` o certificado do servidor em formato PEM (ele começa com -----BEGIN CERTIFICATE-----).
client-ca-empty = { $file } não contém nenhum certificado. Dê ao `--ca` o certificado do servidor em formato PEM (ele começa com -----BEGIN CERTIFICATE-----).
client-ca-damaged = { $file } contém um certificado danificado. Dê ao `--ca` o certificado do servidor em formato PEM (ele começa com -----BEGIN CERTIFICATE-----).
client-no-resources = O sistema recusa o que uma conexão precisa ({ $cause }). Feche outros programas e tente de novo.
client-no-home = Não há aqui uma pasta pessoal conhecida. Indique uma pasta para a chave e o histórico com --profile PASTA.
client-profile-folder = A pasta do perfil { $folder } não pode ser criada ({ $cause }). Confira a pasta acima dela, ou escolha outra com --profile PASTA.
client-key-exposed = Outros usuários deste computador podem ler a sua chave { $file } (modo { $mode }). Proíba isso: chmod 600 { $file }
client-key-damaged = { $file } está danificado ou contém outro tipo de chave. Recoloque uma cópia; ou tire o arquivo de lá, e uma nova chave (e com ela uma nova identidade) será criada.
client-key-unreadable = A sua chave { $file } não pode ser lida ({ $cause }). Confira de quem são o arquivo e a pasta, ou escolha outra pasta com --profile.
client-key-unwritable = A sua chave { $file } não pode ser gravada ({ $cause }). Confira de quem é a pasta e se há espaço livre, ou escolha outra pasta com --profile.
client-key-no-randomness = o sistema não dá números aleatórios
client-key-no-encoding = ela não pode ser codificada
client-protected-no-key = Ainda não há chave em { $folder }. O primeiro `papo join` cria uma; ou indique outra pasta com --profile PASTA.
client-protected-taken = { $file } já existe, e fica como está. Indique outro arquivo.
client-protected-missing = Não existe o arquivo { $file }. Confira o nome e a pasta.
client-protected-unreadable = { $file } não pode ser lido ({ $cause }). Confira as permissões.
client-protected-unwritable = { $file } não pode ser gravado ({ $cause }). Confira a pasta, as permissões e o espaço no disco.
client-protected-damaged = { $file } não é uma chave gravada por `papo key export`, ou está danificado. Copie-o outra vez de onde foi feito.
client-protected-newer = { $file } foi gravado por uma versão mais nova do papo. Atualize este programa.
client-protected-wrong = A senha não é a de { $file }, ou o arquivo está danificado. Confira as maiúsculas e o idioma do teclado, e tente de novo.
client-protected-key-there = Já existe uma chave, { $file }, e ela fica como está. Com --replace a importada toma o lugar dela, e a antiga fica guardada ao lado.
client-protected-no-memory = O sistema não dá o que uma senha precisa (64 MiB de memória por um momento). Feche outros programas e tente de novo.
client-pairing-no-code = Isto não é um código de pareamento. Ele tem a forma 192.168.0.7:40123/abcd-efgh-ijkl-mnop-qrst; o dispositivo que tem a chave mostra um, com `papo key pair` ou nas configurações da janela.
client-pairing-mistyped = Há um erro de digitação no código. Compare-o mais uma vez com o que o outro dispositivo mostra.
client-pairing-no-randomness = O sistema não dá números aleatórios, e sem eles nada pode ser cifrado. Tente de novo.
client-pairing-unbound = Não dá para esperar ninguém em { $address } ({ $cause }). Indique outro endereço deste computador com --address ENDEREÇO, ou outra porta com --address ENDEREÇO:PORTA.
client-pairing-nobody = Ninguém veio com o código em { $minutes ->
        [one] um minuto
       *[other] { $minutes } minutos
    }, e ele não vale mais. Para um novo: papo key pair
client-pairing-too-many = Vieram códigos errados vezes demais, e por isso este não vale mais. Para um novo: papo key pair
client-pairing-unconfirmed = A chave foi enviada, mas o outro dispositivo não disse que a recebeu. Olhe lá: se ela não estiver, pareie de novo.
client-pairing-unsent = Algo que você disse em { $room } ainda está a caminho. Quem tem a chave nova diria isso de novo: espere até ser enviado e depois traga a chave.
client-pairing-withdrawn = Isto foi cancelado, e o código não vale mais.
client-pairing-unreachable = Ninguém espera em { $address } ({ $cause }). Confira se `papo key pair` ainda está rodando no outro dispositivo (um código vale uma vez e por poucos minutos), se os dois estão na mesma rede e se não há um firewall no caminho.
client-pairing-refused = O dispositivo em { $address } não aceita este código: agora ele mostra outro, ou a conexão caiu. Digite o que ele mostra.
client-pairing-stranger = O que responde em { $address } não conhece o código, e por isso nada foi aceito dali. Confira o endereço e se `papo key pair` ainda está rodando lá.
client-petname-guest = um visitante não tem chave pela qual possa ser reconhecido: da próxima vez é outro
client-petname-taken = você já chama #{ $badge } de { $name }, ou de algo que parece igual: escolha outro apelido
client-petname-none = você não deu nenhum apelido a { $whom }
client-petname-file = os apelidos que você deu não podem ser guardados em { $file } ({ $cause }): confira as permissões e o espaço no disco
client-passphrase-short = A senha é curta demais: use { $least } caracteres ou mais. O melhor são várias palavras que nada têm a ver umas com as outras.
client-passphrase-exposed = Outros usuários deste computador podem ler a senha em { $file } (modo { $mode }). Proíba isso: chmod 600 { $file }
client-passphrase-unreadable = A senha não pode ser lida de { $file } ({ $cause }). Ponha-a na primeira linha de um arquivo de texto.
client-store-newer = { $file } foi gravado por uma versão mais nova do papo (formato { $found }; esta conhece o { $known }). Atualize o papo, ou escolha outra pasta com --profile.
client-store-damaged = { $file } está danificado ou não é do papo ({ $detail }). Recoloque uma cópia; ou tire o arquivo de lá, e um novo será criado.
client-store-full = { $file } não pode ser gravado: o disco está cheio. Libere espaço; nada do que estava guardado se perdeu.
client-store-unusable = { $file } não pode ser usado ({ $detail }). Confira de quem é a pasta e as permissões, ou escolha outra pasta com --profile.
client-store-outbox = a caixa de saída não pode ser lida
client-store-position = a posição não pode ser lida
client-store-history = o histórico não pode ser lido
client-store-foreign = é o banco de dados de outro programa
client-known-line = A linha { $number } de { $file } não tem uma impressão digital legível depois do endereço do servidor. Recoloque uma cópia do arquivo, ou apague a linha e conecte de novo.
client-known-file = Os servidores conhecidos em { $file } não podem ser lidos ou gravados ({ $cause }). Confira de quem é o arquivo e as permissões.
client-file-too-large = o arquivo é grande demais

client-config-kind = isto não é texto, nem número inteiro, nem true ou false: escreva como um deles
client-config-no-section = isto não é uma seção: escreva [window] em uma linha própria, e embaixo o que faz parte dela
client-config-none-of = { $text } não é nenhum destes: { $words }
client-config-not-between = { $text } não é um número inteiro de { $least } a { $most }
client-config-not-hours = { $text } não são dois horários, como "22:00-07:00", nem "off"
client-config-not-toml = O arquivo de configuração { $file } não é TOML na linha { $line }: { $cause }. Corrija; até lá, nada é escrito nele.
client-config-not-truth = { $text } não é nem true nem false: escreva um dos dois, sem aspas
client-config-unreadable = O arquivo de configuração { $file } não pode ser lido ({ $cause }). Confira as permissões.
client-config-unwritable = O arquivo de configuração { $file } não pode ser escrito ({ $cause }). Confira as permissões e o espaço livre no disco.
client-config-wrong = { $file }, linha { $line }: { $key }: { $cause }. Corrija; até lá, nada é escrito no arquivo.

# O que uma pessoa digitou. Orações; o que vem antes termina em dois-pontos.
client-name-empty = o nome está vazio: diga como você quer se chamar, com 1 a { $most } caracteres
client-name-too-long = o nome tem { $chars } caracteres: encurte para no máximo { $most }
client-name-character = o nome contém o caractere { $character }, que não se vê ou muda a direção do texto: retire-o
client-room-length = o nome da sala tem { $bytes } caracteres: precisa ter de 1 a { $most }
client-room-character = o nome da sala contém um caractere que não pode ter: use a-z, 0-9, '.', '_' e '-', e comece com letra ou número
client-room-reserved = este nome é reservado para as páginas do próprio servidor: escolha outro para a sala
client-address = { $text } não é um endereço: escreva ENDEREÇO, ENDEREÇO:PORTA ou [IPV6]:PORTA, por exemplo 127.0.0.1:12345
client-invite-link = isto não é um convite: ele tem a forma https://ENDEREÇO:PORTA/SALA#IMPRESSÃO-DIGITAL; copie-o inteiro
client-invite-fingerprint = a impressão digital do convite (52 caracteres depois de '#') falta ou está danificada: copie o link inteiro
client-body-empty = a mensagem está vazia: escreva alguma coisa
client-body-too-large = a mensagem tem { $bytes } bytes, e podem ser enviados no máximo { $most }: divida-a em várias
client-body-shape = a mensagem é várias coisas ao mesmo tempo, talvez uma resposta e uma correção: envie uma de cada vez
client-body-act = isto não se pode pedir a uma sala: um motivo tem no máximo { $most } caracteres, números são pelo menos 1, e um papel é moderator ou owner
client-outbox-full = { $count } mensagens esperam para ser enviadas: tente de novo quando algumas tiverem saído

# O que um servidor diz, pelo código.
client-said-misunderstood = este programa e o servidor não se entendem ({ $text }): atualize o mais antigo dos dois
client-said-name = este nome não pode ser usado aqui: escolha outro
client-said-room = este nome de sala não pode ser usado: escolha outro
client-said-body = a mensagem está vazia ou é de um tipo que o servidor não conhece: escreva de novo, ou atualize o papo
client-said-too-large = a mensagem é mais longa do que este servidor aceita: divida-a em várias
client-said-join-first = esta conexão ainda não entrou em nenhuma sala: entre primeiro
client-said-already-joined = esta conexão já está em uma sala: use outra para outra sala
client-said-bad-proof = o servidor não aceita a prova da sua chave: conecte de novo; se não adiantar, atualize o mais antigo dos dois
client-said-id-reused = outra mensagem já foi enviada com o mesmo número: envie esta de novo
client-said-too-fast = as mensagens chegam mais depressa do que este servidor aceita: nada se perde, mas o que vem depois espera; escreva mais devagar
client-said-log-failed = o servidor não consegue guardar nada no momento; nada do que foi enviado antes se perdeu. Vai tentar de novo; avise quem cuida do servidor
client-said-no-entry = não existe essa sala, ou ela pede convite: peça um a quem está dentro
client-said-invite-expired = este convite já venceu: peça um novo
client-said-invite-used = este convite já foi usado quantas vezes podia: peça um novo
client-said-invite-revoked = este convite foi cancelado: peça um novo
client-said-banned = você foi banido desta sala: fale com quem cuida dela
client-said-locked = ninguém novo entra no momento: tente mais tarde
client-said-muted = no momento você pode ler, mas não falar aqui
client-said-slow-mode = aqui todos esperam entre duas mensagens: ela vai de novo daqui a pouco
client-said-announce-only = no momento só fala quem cuida da sala
client-said-not-allowed = você não pode fazer isso aqui: peça a quem cuida da sala
client-said-bad-act = isto não pode ser feito: veja quem está aqui e o que vale agora
client-invite-secret = o segredo do convite (32 caracteres depois do ponto) está danificado: copie o link inteiro
client-closing-kicked = Quem cuida da sala tirou você dela.
client-closing-kicked-why = Quem cuida da sala tirou você da sala: “{ $why }”
client-closing-banned = Quem cuida da sala baniu você dela.
client-closing-banned-why = Quem cuida da sala baniu você da sala: “{ $why }”
client-closing-too-many = a sua chave ou o seu endereço enviou demais: espere um pouco e conecte de novo
client-closing-stopping = O servidor está parando ou reiniciando; nada se perde.
client-closing-stopping-words = O servidor está parando ou reiniciando; nada se perde. Ele diz: “{ $text }”
client-closing-too-large = foi enviado algo mais longo do que o servidor aceita: divida em várias mensagens
client-closing-too-late = a entrada na sala demorou demais: conecte de novo
client-closing-silent = o servidor não ouviu nada daqui por tempo demais: conecte de novo
client-closing-too-slow = o que se diz chega aqui devagar demais: confira a rede e conecte de novo
client-closing-full = o servidor já tem tantas conexões quantas pode ter: tente de novo daqui a pouco
client-closing-left = você saiu

# Comandos que existem em todas as interfaces.
client-me-usage = /me precisa do que você está fazendo: /me acena
client-whois-usage = /whois precisa de alguém: /whois NOME, ou NOME#abcd quando há várias pessoas com esse nome
client-unignore-usage = /unignore precisa de alguém: /unignore NOME; /ignore sozinho lista quem você ignora
client-search-usage = /search precisa do que procurar: /search bolo
client-history-usage = /history aceita um número de 1 a { $most }
client-no-direct = mensagens para uma só pessoa ainda não existem: tudo o que você escreve aqui é lido por toda a sala
client-no-away = o papo não conta a ninguém se você está ausente; não há o que definir
client-edit-usage = /edit precisa do novo texto da sua última mensagem: /edit TEXTO. /edit ^2 TEXTO muda a anterior a ela
client-delete-usage = /delete apaga a sua última mensagem; /delete ^2 a anterior a ela
client-reply-usage = /reply precisa da resposta: /reply TEXTO. /reply ^2 TEXTO responde à penúltima mensagem dos outros
client-react-usage = /react precisa de um emoji: /react 👍, ou pelo nome, /react :heart:
client-react-unknown = { $word } não é um emoji conhecido aqui: escreva o próprio emoji, ou um nome como :tada: ou :heart:
client-theme-usage = /theme recebe light (claro), dark (escuro) ou system (como o sistema)
client-theme-terminal = as cores de um terminal são dele: escolha claro ou escuro nas configurações dele. Na janela do papo existe /theme
client-times-usage = /timestamp recebe on ou off (se as mensagens mostram a hora), ou 24 ou 12 (como a hora é escrita)
client-times-usage-terminal = /timestamp recebe on ou off: se as linhas começam com a hora, até você sair
client-which-zero = as mensagens são contadas a partir de 1: ^1 é a última
client-which-none-own = não há nada seu aqui que se possa mudar ou apagar: só é seu o que você disse com esta chave
client-which-none-others = ninguém mais disse nada aqui ainda
client-which-too-far = só há { $count ->
        [one] { $count } mensagem assim
       *[other] { $count } mensagens assim
    } aqui, e foram contadas { $place } a partir do fim: as mais antigas vêm com /history
client-which-not-here = a mensagem { $number } não está entre as mostradas aqui: as mais antigas vêm com /history
client-which-not-yours = a mensagem { $number } não é sua: ninguém pode mudar ou apagar o que outra pessoa disse
client-which-on-its-way = essa mensagem ainda não está na sala: espere até que esteja e tente de novo; a que não pôde ser enviada pode ser descartada
client-which-not-at-end = as mensagens mais novas não estão à mostra agora, e não fica claro de qual você fala: vá ao fim (Esc) e aperte Enter de novo
client-who = { $count ->
    [one] Aqui: { $names }
   *[other] Aqui ({ $count }): { $names }
}
client-who-more = mais { $count }
client-whois-here = { $who } está aqui. Chave: { $id } (sinal { $badge })
client-whois-gone = { $who } não está aqui agora, pelo que se sabe. Chave: { $id } (sinal { $badge })
client-whois-guest = { $who } é visitante, sem chave: da próxima vez será outra pessoa
client-petname = { $petname } ({ $name })
client-called-nobody = Você não deu um nome seu a ninguém.
client-ignored = Você não vê mais nada de { $name }; ninguém fica sabendo. /unignore desfaz.
client-ignored-no-more = Você volta a ver o que { $name } diz.
client-ignored-nobody = Você não ignora ninguém.
client-ignored-file = não foi possível guardar em { $file } quem você ignora ({ $cause }): verifique as permissões e o espaço em disco
client-ignore-oneself = essa pessoa é você
client-mentions-none = Nada aqui menciona você nem responde a você, até onde este computador guardou.
client-mentions-no-more = Essa era a primeira mensagem que menciona você, até onde este computador guardou. Você está de novo no fim.
