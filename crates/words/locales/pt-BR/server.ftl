# O servidor: por que ele não inicia, e o que há de errado com os arquivos dele.

server-unreadable = { $file } não pode ser lido ({ $cause }): confira se existe e se este usuário pode ler
server-not-pem = { $file } não é um arquivo PEM com um certificado ou uma chave privada sem senha ({ $cause })
server-exposed = { $file }: esta chave privada pode ser lida por todos os usuários deste computador: digite `chmod 600` e o nome do arquivo, e crie uma nova chave se alguém pode ter lido esta
server-not-a-pair = { $certificate } e { $key } não formam um par: dê o certificado que foi feito para esta chave
server-unusable = { $file } não serve para TLS 1.3 ({ $cause }): use uma chave do tipo ECDSA P-256, ou RSA com 2048 bits ou mais
server-exists = { $file } já existe e não é substituído: tire-o de lá antes, ou escolha outra pasta
server-half = { $missing } falta, mas { $there } existe: recoloque de uma cópia o que falta. Se não houver cópia, tire também o outro: então os dois são criados de novo, e todos precisam de um novo convite (`papo invite`)
server-not-written = { $file } não pode ser gravado ({ $cause }): confira a pasta e as permissões
server-not-made = o certificado não pode ser feito ({ $cause }): confira os nomes e endereços para que ele serve
server-folder = a pasta { $folder } não pode ser criada ({ $cause }): escolha outra com --data, ou mude as permissões
server-port-taken = { $address } está em uso: outro programa, talvez outro papo, escuta lá. Feche-o, ou escolha outra porta com -p
server-port-forbidden = { $address } não pode ser usado por este usuário: escolha uma porta acima de 1023 com -p
server-not-our-address = { $address } não é um endereço deste computador: escolha um dele com -ip, ou 0.0.0.0 para todos
server-tls = o TLS não pode ser preparado: { $cause }
server-system = o sistema não deixa o servidor trabalhar: { $cause }
server-panicked = uma parte do servidor falhou, veja o registro acima; o que foi ecoado está guardado, inicie-o de novo

# O registro de mensagens.
server-log-disk-full = { $file }: não há mais espaço para mensagens. Nada do que foi guardado se perdeu, e volta a ser guardado sozinho quando houver espaço: libere algum neste disco, ou aumente o limite do registro
server-log-failed = { $file }: guardar mensagens falhou ({ $cause }), e nada mais é guardado até um novo início. Confira antes o disco e o registro do próprio sistema, e inicie o papo de novo: ele encontra tudo o que confirmou
server-log-unreadable = { $file }: ler as mensagens guardadas falhou ({ $cause }). Confira o disco e o registro do próprio sistema
server-log-corrupt = { $file }: o registro de mensagens está danificado ({ $cause }). Recoloque uma cópia dele, ou tire-o de lá para começar com um vazio
server-log-newer = { $file }: este registro de mensagens foi gravado por um papo mais novo (o formato dele é { $found }, este papo conhece até o { $known }). Inicie aquele papo ou um mais novo
server-log-foreign = { $file }: isto é o banco de dados de outro programa, não um registro de mensagens. Indique outro arquivo
server-log-in-use = { $file }: outro programa está usando este registro de mensagens. Feche-o, ou indique outro arquivo
server-log-not-writable = { $file }: o registro de mensagens não pode ser gravado aqui ({ $cause }). Dê ao usuário que roda o papo o direito de gravar no arquivo e na pasta dele, ou indique outra pasta
server-log-no-folder = { $file }: não existe essa pasta para o registro de mensagens. Crie-a, ou indique outra
server-log-not-a-file = { $file }: o registro de mensagens deveria ser um arquivo, mas isto é uma pasta. Indique um arquivo nela
server-log-unsafe = { $file }: o banco de dados se recusa a trabalhar com segurança aqui ({ $setting } é { $found }, e não { $wanted }). Ponha o registro de mensagens em um disco local
server-log-away = { $engine }: o registro de mensagens não responde no momento ({ $cause }). Nada do que foi guardado se perdeu, e o papo continua sozinho quando ele responder: veja se ele está rodando, e se a rede até lá está inteira
server-log-refused = { $engine }: o registro de mensagens não pode ser usado ({ $cause }). Confira o endereço, o usuário e a senha, e o registro do próprio sistema que o guarda
server-log-unsafe-engine = { $engine }: o que fosse guardado aqui não estaria seguro ({ $setting } é { $found }). Mude para { $wanted } na configuração dele
server-log-replaced = { $engine }: o registro de mensagens foi restaurado ou refeito enquanto isso. Inicie o papo de novo: a cópia de cada um é refeita também
server-log-unopened = { $file }: o registro de mensagens não pode ser aberto ({ $cause }). Confira o caminho e o disco
