# Days and hours.

dates-today = Today
dates-yesterday = Yesterday
# A day of this year, as a heading.
dates-long = { $weekday }, { $day } { $month }
dates-long-year = { $weekday }, { $day } { $month } { $year }
dates-short = { $year }-{ $month }-{ $day }
dates-time = { $hour }:{ $minute }
dates-weekday = { $number ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
dates-month = { $number ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
