# O que toda superfície precisa de vez em quando.

words-people = { $count ->
    [0] 0 pessoas
    [one] { $count } pessoa
   *[other] { $count } pessoas
}
words-and = { $first } e { $last }
