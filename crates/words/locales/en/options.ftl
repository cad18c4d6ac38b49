# The help of commands and options. In English it stands beside each option's definition (crates/papo/src/args.rs,
# crates/bench/src/options.rs), where the parser takes it from; this file holds nothing.
#
# In the other languages: `options-about-COMMAND` and `options-behind-COMMAND` (what stands below the options) for
# a command, papo itself among them; `options-COMMAND-OPTION` for an option or argument, or `options-any-OPTION`
# where several commands have it in the same meaning; `options-value-NAME` for the names of values.
