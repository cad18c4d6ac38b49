# Dias e horas.

dates-today = Hoje
dates-yesterday = Ontem
# Um dia deste ano, como título.
dates-long = { $weekday }, { $day ->
    [1] 1º
   *[other] { $day }
} de { $month }
dates-long-year = { $weekday }, { $day ->
    [1] 1º
   *[other] { $day }
} de { $month } de { $year }
dates-short = { $day }/{ $month }/{ $year }
dates-time = { $hour }:{ $minute }
dates-weekday = { $number ->
    [1] Segunda-feira
    [2] Terça-feira
    [3] Quarta-feira
    [4] Quinta-feira
    [5] Sexta-feira
    [6] Sábado
   *[7] Domingo
}
dates-month = { $number ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
}
