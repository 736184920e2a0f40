--- What an instruction takes out of the build context: the paths of COPY, ADD and bind mounts.
local json = require("os2.json")
local words = require("os2.docker.dockerfile.words")

---@class os2.docker.dockerfile.sources
local M = {}

--- Stands for all of the context.
M.EVERYTHING = "."

-- ["a", "b", "/to"], or nil where it is no such list.
local function listed(text)
  if text:sub(1, 1) ~= "[" then return nil end
  local is_json, list = pcall(json.decode, text)
  return is_json and type(list) == "table" and list or nil
end

local function is_elsewhere(word)
  return word:find("^<<") or word:find("^%a[%w+.-]*://") or word:find("^git@")
end

--- Returns a path as seen from the context's root, which it does not leave: "a/b", or "." for the
--- root itself.
---@param path string
---@return string
function M.clean(path)
  local parts = {}
  for part in path:gmatch("[^/]+") do
    if part == ".." then parts[#parts] = nil
    elseif part ~= "." then parts[#parts + 1] = part end
  end
  return #parts > 0 and table.concat(parts, "/") or M.EVERYTHING
end

--- Returns the sources of a COPY or ADD without --from; the last word is where they go.
---@param text string
---@param variables table<string, string>
---@param escape string
---@return string[]
function M.of_copy(text, variables, escape)
  local list, found = listed(text) or words.split(text, escape), {}
  for index = 1, #list - 1 do
    local word = words.expand(tostring(list[index]), variables, escape)
    if not is_elsewhere(word) then found[#found + 1] = M.clean(word) end
  end
  return found
end

-- Whether a file of the context's root could be among what a source names.
local function may_name(source, file)
  local first = source:match("^[^/]+")
  return source == M.EVERYTHING or source == file or first:find("[*?%[\\]") ~= nil
end

--- Says whether one of the sources may take a file that stands in the context's root.
---@param sources string[]
---@param file string
---@return boolean
function M.may_take(sources, file)
  for _, source in ipairs(sources) do
    if may_name(source, file) then return true end
  end
  return false
end

return M
