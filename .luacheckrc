std = "lua54"
max_line_length = 100
color = false

-- Declarations for editors: functions without bodies.
files["include"] = { ignore = { "211", "212", "241" } }
files["tests"] = { std = "+busted", max_line_length = 140 }
