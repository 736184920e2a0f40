std = "lua54"
max_line_length = 100
exclude_files = { "build/**", "**/node_modules/**" }

files["tests/spec"] = { std = "+busted", max_line_length = 120 }
files["tests/e2e"] = { std = "+busted", max_line_length = 120 }
files["tests/lib/git_trees"] = { max_line_length = 120 }
-- Made by tools/rows.lua.
files["lua/os2/help/types"] = { max_line_length = false }
files["lua/meta"] = { max_line_length = false, ignore = { "111", "112", "113", "131", "211", "212", "241" } }
