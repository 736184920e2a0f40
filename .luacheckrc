std = "lua54"
max_line_length = 100
exclude_files = { "build/**", "**/node_modules/**" }

files["tests/spec"] = { std = "+busted", max_line_length = 120 }
files["tests/e2e"] = { std = "+busted", max_line_length = 120 }
