# O que toda superfície precisa de vez em quando.

words-people = { $count ->
    [0] 0 pessoas
    [one] { $count } pessoa
   *[other] { $count } pessoas
}
words-and = { $first } e { $last }

# O que o sistema operacional diz de uma falha; uma oração, muitas vezes entre parênteses.
words-not-found = não existe
words-permission-denied = permissão negada
words-already-exists = já existe
words-not-a-folder = não é uma pasta
words-is-a-folder = é uma pasta
words-read-only = só pode ser lido
words-disk-full = o disco está cheio
words-quota = o espaço permitido acabou
words-reset = o outro lado encerrou a conexão
words-aborted = a conexão foi interrompida
words-broken-pipe = ninguém está lendo mais
words-unexpected-end = acabou antes da hora
words-network-down = nenhuma rede leva até lá
words-timed-out = demorou demais
words-invalid-data = contém algo inesperado
