--- Name patterns, as in policies: "*" stands for any text, case does not matter.
local native_names = require("host.names")

---@class os2.text.names
local M = {}

--- The variable names that mark their values as secret, when no policy changes it.
M.SECRETS = {
  "*KEY", "*TOKEN", "*SECRET", "*PASSWORD", "*PASSWD", "*PASSPHRASE", "*CREDENTIALS", "*COOKIE",
  "PASS", "*_PASS", "*_PWD", "*_PSW", "PAT", "*_PAT", "*_AUTH", "*AUTH_CONFIG", "DSN", "*_DSN",
}

--- Returns a function that tells whether a name matches one of these patterns.
---@param patterns string[]  "*_TOKEN", "HOME"
---@return fun(name: string): boolean
M.matcher = native_names.matcher

return M
