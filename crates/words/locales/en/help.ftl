# What stands around the options in the help, and what is wrong with a command line, in the languages other than
# English: in English the parser says it.

help-usage = Usage:
help-commands = Commands
help-arguments = Arguments
help-options = Options
help-default = default: { $value }
help-possible = one of { $values }
help-unknown-option = there is no option or argument { $what } here
help-unknown-command = there is no command { $what }
help-missing = this is missing: { $what }
help-missing-command = a command is missing
help-conflict = { $what } and { $other } do not go together
help-no-value = { $what } needs a value
help-wrong-value = { $value } is no value for { $what }
help-too-many = { $what } was said too often, or with too many values
help-not-utf8 = something typed is not UTF-8
help-other = the command line cannot be understood
help-similar = Did you mean { $what }?
help-more = `{ $command } --help` says more.
