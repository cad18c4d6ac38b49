# What every surface needs now and then.

words-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
words-and = { $first } and { $last }

# What the operating system says of a failure; a clause, often in brackets.
words-not-found = it does not exist
words-permission-denied = permission denied
words-already-exists = it exists already
words-not-a-folder = it is no folder
words-is-a-folder = it is a folder
words-read-only = it can only be read
words-disk-full = the disk is full
words-quota = more space is not allowed
words-reset = the other side has broken the connection off
words-aborted = the connection was broken off
words-broken-pipe = nobody reads any more
words-unexpected-end = it ended too early
words-network-down = no network leads there
words-timed-out = it took too long
words-invalid-data = it holds something unexpected
