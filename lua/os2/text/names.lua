--- Name patterns, as in policies: "*" stands for any text, case does not matter.

---@class os2.text.names
local M = {}

--- The variable names that mark their values as secret, when no policy changes it.
M.SECRETS = {
  "*KEY", "*TOKEN", "*SECRET", "*PASSWORD", "*PASSWD", "*PASSPHRASE", "*CREDENTIALS", "*COOKIE",
  "PASS", "*_PASS", "*_PWD", "*_PSW", "PAT", "*_PAT", "*_AUTH", "*AUTH_CONFIG", "DSN", "*_DSN",
}

local function pattern_of(name)
  return "^" .. name:lower():gsub("[^%w*]", "%%%0"):gsub("%*+", ".*") .. "$"
end

--- Returns a function that tells whether a name matches one of these patterns.
---@param names string[]  "*_TOKEN", "HOME"
---@return fun(name: string): boolean
function M.matcher(names)
  local whole, patterns = {}, {}
  for _, name in ipairs(names) do
    if name:find("*", 1, true) then patterns[#patterns + 1] = pattern_of(name)
    else whole[name:lower()] = true end
  end
  return function(name)
    local lower = name:lower()
    if whole[lower] then return true end
    for _, pattern in ipairs(patterns) do
      if lower:find(pattern) then return true end
    end
    return false
  end
end

return M
