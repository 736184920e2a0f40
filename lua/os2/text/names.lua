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

-- Adds a pattern to those that the matcher compares: whole names, endings by their last byte, and
-- other patterns. Most are endings ("*_TOKEN"), and each variable of the environment is compared.
local function add(names, name)
  local lower = name:lower()
  local ending = lower:match("^%*+([^*]+)$")
  if ending then
    local last = ending:byte(-1)
    names.endings[last] = names.endings[last] or {}
    table.insert(names.endings[last], ending)
  elseif name:find("*", 1, true) then
    table.insert(names.patterns, pattern_of(name))
  else
    names.whole[lower] = true
  end
end

local function has_ending(endings, lower)
  for _, ending in ipairs(endings[lower:byte(-1)] or {}) do
    if lower:sub(-#ending) == ending then return true end
  end
  return false
end

--- Returns a function that tells whether a name matches one of these patterns.
---@param names string[]  "*_TOKEN", "HOME"
---@return fun(name: string): boolean
function M.matcher(names)
  local known = { whole = {}, endings = {}, patterns = {} }
  for _, name in ipairs(names) do add(known, name) end
  return function(name)
    local lower = name:lower()
    if known.whole[lower] or has_ending(known.endings, lower) then return true end
    for _, pattern in ipairs(known.patterns) do
      if lower:find(pattern) then return true end
    end
    return false
  end
end

return M
