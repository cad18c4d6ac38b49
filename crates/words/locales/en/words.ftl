# What every surface needs now and then.

words-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
words-and = { $first } and { $last }
