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

--- Says whether a source of COPY or ADD is none of the context: a here-document, a URL.
---@param word string
---@return boolean
function M.is_elsewhere(word)
  return (word:find("^<<") or word:find("^%a[%w+.-]*://") or word:find("^git@")) ~= nil
end

--- Returns the words of a COPY or ADD as they are written; the last one is where the others go.
---@param text string
---@param escape string
---@return string[]
function M.written(text, escape)
  local list = {}
  for index, word in ipairs(listed(text) or words.split(text, escape)) do
    list[index] = tostring(word)
  end
  return list
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
  local list, found = M.written(text, escape), {}
  for index = 1, #list - 1 do
    local word = words.expand(list[index], variables, escape)
    if not M.is_elsewhere(word) then found[#found + 1] = M.clean(word) end
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
