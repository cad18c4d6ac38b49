# papo bench: o que se mede, o que se mediu, e a página com os resultados.

# O alvo e a carga, em uma linha: uma lista de alguns destes.
bench-target-yardstick = medida de comparação
bench-target-given = servidor indicado
bench-listeners = { $count ->
    [0] nenhum ouvinte
    [one] { $count } ouvinte
   *[other] { $count } ouvintes
}
bench-writers = { $count ->
    [0] ninguém escrevendo
    [one] { $count } pessoa escrevendo
   *[other] { $count } pessoas escrevendo
}
bench-some-handshakes = { $count ->
    [one] { $count } handshake
   *[other] { $count } handshakes
}
bench-some-idle = { $count ->
    [one] { $count } conexão parada
   *[other] { $count } conexões paradas
}
bench-more-at-once = mais { $count } de uma vez
bench-slow-listeners = { $count ->
    [one] { $count } ouvinte lento
   *[other] { $count } ouvintes lentos
}
bench-rooms = { $count } salas
bench-servers = { $count } servidores
bench-bytes = { $count } bytes
bench-messages-a-second = { $count ->
    [one] { $count } mensagem por segundo
   *[other] { $count } mensagens por segundo
}
bench-in-flight = { $count } a caminho
bench-log-none = sem registro
bench-log-os = registro sem esperar pelo disco
bench-log-disk = registro no disco

# A tabela: um nome de no máximo 24 caracteres, um número, e do que se trata.
bench-messages = mensagens
bench-deliveries = entregas
bench-a-second = { $rate } por segundo
bench-lost = perdidas
bench-repeated = { $count ->
    [0] nenhuma repetida
    [one] { $count } repetida
   *[other] { $count } repetidas
}
bench-record = um registro TLS
bench-record-note = entregas, cada uma com { $bytes } bytes cifrados
bench-cpu = CPU do servidor
bench-cpu-note = por entrega (usuário { $user }, sistema { $system }), { $cores } núcleos
bench-disk = disco
bench-disk-note = para gravar 4 KiB de vez, na metade dos casos no máximo; p99 { $time }
bench-memory = memória do servidor
bench-memory-note = depois da carga, { $before } antes
bench-came-in-memory = memória
bench-came-in-memory-note = do servidor para { $who }
bench-came-in-cpu = handshake e entrada
bench-came-in-cpu-note = de CPU do servidor para { $who }
bench-who-active = cada ouvinte ou pessoa escrevendo
bench-who-idle = cada conexão parada
bench-handshakes = handshakes
bench-handshakes-note = em { $time }
bench-handshakes-note-cpu = em { $time }, { $cpu } de CPU do servidor cada um
bench-idle = conexões paradas
bench-idle-note = entraram em { $time }
bench-rest = servidor em repouso
bench-of-a-core = de um núcleo
bench-storm = multidão
bench-storm-note = entraram em { $time }, { $refused ->
    [0] nenhum recusado
    [one] { $refused } recusado
   *[other] { $refused } recusados
}
bench-storm-latency = latência na multidão
bench-storm-latency-note = p99 das mensagens dos outros; p50 { $half }, máx. { $longest }
bench-read-on = leram o resto depois
bench-read-on-note = { $listeners ->
    [one] de { $listeners } ouvinte lento
   *[other] de { $listeners } ouvintes lentos
}; { $count ->
    [0] nenhuma mensagem deixada de fora
    [one] { $count } mensagem deixada de fora, com aviso
   *[other] { $count } mensagens deixadas de fora, com aviso
}
bench-generator = gerador de carga
bench-busy = ocupado
bench-latency = latência
bench-echo = eco
bench-longest = máx.
bench-bottleneck = O gerador de carga foi o gargalo: o servidor aguenta mais do que diz aqui.

# A página.
bench-head-deliveries = entregas por segundo
bench-head-of-messages = de { $rate } mensagens
bench-head-half = latência, metade em até
bench-head-nearly-all = 99 de 100 em até
bench-head-longest = a mais longa { $time }
bench-head-lost = perdidas ou repetidas
bench-head-of = de { $count }
bench-head-cpu = CPU do servidor por entrega
bench-head-cores = { $cores } núcleos
bench-head-idle-memory = memória por conexão parada
bench-head-rest = CPU do servidor em repouso
bench-head-storm = a multidão entrou em
bench-head-storm-note = { $joined } dentro, { $refused ->
    [0] nenhum recusado
    [one] { $refused } recusado
   *[other] { $refused } recusados
}
bench-plot-latency = Latência ao longo do tempo
bench-plot-latency-note = metade, 99 de 100, e a mais longa de cada momento
bench-plot-percentiles = Latência por percentil
bench-plot-percentiles-note = esta parte de todas as entregas levou no máximo este tempo
bench-plot-deliveries = Entregas por segundo
bench-plot-deliveries-note = em todos os membros juntos
bench-plot-memory = Memória do servidor
bench-plot-memory-note = residente
bench-table = Todos os números
bench-table-delivery = latência em cada membro
bench-table-echo = latência de volta a quem escreveu
bench-foot = A latência conta de quando uma mensagem devia ter sido enviada até um membro a ter, decifrada. Uma entrega é uma mensagem em um membro. Todas as conexões são TLS 1.3 com AES-128-GCM.
bench-again = De novo:

# O que acontece enquanto isso.
bench-come-writers = { $count ->
    [one] { $count } pessoa que escreve está entrando
   *[other] { $count } pessoas que escrevem estão entrando
}
bench-come-listeners = { $count ->
    [one] { $count } ouvinte está entrando
   *[other] { $count } ouvintes estão entrando
}
bench-come-slow = { $count ->
    [one] { $count } ouvinte lento está entrando
   *[other] { $count } ouvintes lentos estão entrando
}
bench-come-idle = { $count ->
    [one] { $count } membro parado está entrando
   *[other] { $count } membros parados estão entrando
}
bench-come-storm = { $count ->
    [one] mais { $count } está entrando
   *[other] mais { $count } estão entrando de uma vez
}
bench-resting = nada acontece por { $seconds } s
bench-draining = esperando que todos tenham tudo
bench-moment = { $rate } entregas/s   p50 { $half }   p99 { $nearly }

# Por que nada foi medido.
bench-nobody = não há ninguém para medir: diga --listeners, --idle, --storm ou --handshakes
bench-few-writers = { $rooms } salas precisam de alguém escrevendo em cada uma: diga --writers { $rooms } ou mais
bench-small-window = cada pessoa que escreve precisa de uma mensagem a caminho: diga --window { $writers } ou mais
bench-carrier-needs-invite = o servidor aberto para a medição é o papo e fala linhas e WebSocket: para outro meio, abra um servidor do tipo e indique o CONVITE dele
bench-yardstick-speaks-lines = a medida de comparação fala linhas e nada mais: deixe de fora --carrier
bench-few-listeners = ninguém ouve quem escreve em cada sala: diga --listeners { $rooms } ou mais
bench-no-server = o servidor a medir não abriu ({ $cause }): tente `papo serve -p 0` sozinho
bench-no-output = ele não tem saída
bench-no-address = o endereço dele é desconhecido
bench-no-invite = { $cause }: "{ $line }"
bench-not-joined = um membro não conseguiu entrar ({ $cause }): confira os limites do servidor, e se a taxa está desligada
bench-handshakes-wait = { $waiting } de { $count } handshakes esperam
bench-members-wait = { $waiting } de { $count } esperam
bench-connection-lost = a conexão { $index } se perdeu: { $cause }
bench-said-no = o servidor disse não
bench-not-let-in = o servidor não a deixou entrar
bench-during-handshake = { $cause }, durante o handshake
bench-system = o sistema não deixa o gerador de carga trabalhar: { $cause }
bench-other-fingerprint = o servidor tem outra impressão digital, não a do convite
bench-old-tls = aqui não se fala TLS 1.2
bench-no-key = não há chave no certificado
bench-strange = o servidor não fala deste jeito: { $detail }
bench-strange-payload = um conteúdo sem tamanho
bench-strange-frame = um quadro WebSocket de tipo inesperado
bench-strange-length = um quadro WebSocket sem fim
bench-strange-element = termina um elemento XML que não começou
bench-strange-packet = um pacote MQTT de tamanho sem fim
