--- Names by pattern, as policies write them: "*" stands for any text, case does not matter.

---@class os2.text.names
local M = {}

--- What names of variables call their values secrets, where no policy says otherwise.
M.SECRETS = {
  "*KEY", "*TOKEN", "*SECRET", "*PASSWORD", "*PASSWD", "*PASSPHRASE", "*CREDENTIALS", "*COOKIE",
  "PASS", "*_PASS", "*_PWD", "*_PSW", "PAT", "*_PAT", "*_AUTH", "*AUTH_CONFIG", "DSN", "*_DSN",
}

local function pattern_of(name)
  return "^" .. name:lower():gsub("[^%w*]", "%%%0"):gsub("%*+", ".*") .. "$"
end

--- Returns a function that says whether a name fits one of these.
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
