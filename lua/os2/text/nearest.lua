--- Finds the names that a misspelled name may have meant.

---@class os2.text.nearest
local M = {}

local MOST <const> = 3
local LONGEST_BYTES <const> = 256 -- bytes; a longer name is none of os2's, and near to none

-- The Levenshtein distance, computed row by row.
local function distance(a, b)
  local row = {}
  for column = 0, #b do row[column] = column end
  for line = 1, #a do
    local diagonal = row[0]
    row[0] = line
    for column = 1, #b do
      local above = row[column]
      local changed = a:byte(line) == b:byte(column) and 0 or 1
      row[column] = math.min(above + 1, row[column - 1] + 1, diagonal + changed)
      diagonal = above
    end
  end
  return row[#b]
end

local function last_part(name)
  return name:match("[^.]+$") or name
end

-- The right word in the wrong group (`snapshot.ttl` for `cache.ttl`) counts as one typing error.
local function score(wanted, name)
  local typed = distance(wanted:lower(), name:lower())
  return last_part(wanted) == last_part(name) and math.min(typed, 1) or typed
end

--- Returns up to three of the names that are near the wanted one, nearest first.
---@param wanted string
---@param names string[]
---@return string[]
function M.find(wanted, names)
  local limit = math.max(2, #wanted // 3)
  local scored, seen = {}, {}
  for _, name in ipairs(#wanted <= LONGEST_BYTES and names or {}) do
    local points = not seen[name] and #name <= LONGEST_BYTES and score(wanted, name)
    if points and points <= limit then scored[#scored + 1] = { name = name, points = points } end
    seen[name] = true
  end
  table.sort(scored, function(a, b)
    if a.points ~= b.points then return a.points < b.points end
    return a.name < b.name
  end)
  local found = {}
  for index = 1, math.min(MOST, #scored) do found[index] = scored[index].name end
  return found
end

--- Returns the nearest names as the end of an error message, or another hint.
---@param wanted string
---@param names string[]
---@param otherwise string  the hint when no name is near
---@return string
function M.hint(wanted, names, otherwise)
  local found = M.find(wanted, names)
  if #found == 0 then return otherwise end
  return "did you mean " .. table.concat(found, ", ") .. "?"
end

return M
