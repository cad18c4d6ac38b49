# O que cerca as opções na ajuda, e o que há de errado em uma linha de comando. Em inglês, quem diz isso é o
# próprio analisador.

help-usage = Uso:
help-commands = Comandos
help-arguments = Argumentos
help-options = Opções
help-default = padrão: { $value }
help-possible = um destes: { $values }
help-unknown-option = não existe aqui a opção ou o argumento { $what }
help-unknown-command = não existe o comando { $what }
help-missing = falta isto: { $what }
help-missing-command = falta um comando
help-conflict = { $what } e { $other } não combinam
help-no-value = { $what } precisa de um valor
help-wrong-value = { $value } não serve como valor de { $what }
help-too-many = { $what } aparece vezes demais, ou com valores demais
help-not-utf8 = algo do que foi digitado não é UTF-8
help-other = não dá para entender a linha de comando
help-similar = Você quis dizer { $what }?
help-more = `{ $command } --help` diz mais.
