--- What `os2 status` prints.
local blank = require("os2.text.blank")
local ages = require("os2.text.ages")
local commits = require("os2.text.commits")
local terminal = require("os2.text.terminal")

---@class os2.flows.status.screen
local M = {}

local LABEL_CELLS <const> = 13
local ROWS <const> = 5 -- of machines by snapshot

local function add(lines, label, words)
  lines[#lines + 1] = blank.trim_end(terminal.pad(label, LABEL_CELLS)
    .. terminal.clean(words))
end

local function why_unknown(found, part)
  for _, row in ipairs(found.unknown) do
    if row.what == part then return "unknown: " .. row.why end
  end
  return "unknown"
end

local function environment_words(found)
  if not found.prefix then return why_unknown(found, "environment") end
  return ("%s, prefix %s"):format(found.environment or "none", found.prefix)
end

local function key_words(found)
  local key = found.key
  if not key then return why_unknown(found, found.provider and "key" or "provider") end
  local permissions = #key.permissions > 0 and table.concat(key.permissions, ", ") or "none"
  return ("'%s', ends %s, permissions: %s"):format(key.name, key.expires_at or "never", permissions)
end

local function clock_words(found)
  local offset = found.clock_offset
  if not offset then return "unknown" end
  if offset == 0 then return "as Daytona's" end
  return ("%s %s Daytona's"):format(terminal.duration(math.abs(offset)),
    offset > 0 and "ahead of" or "behind")
end

local function engine_words(found)
  local engine = found.engine
  if not engine then return why_unknown(found, "engine") end
  return ("docker %s, API %s, %s, at %s"):format(engine.version, engine.api_version,
    engine.platform, engine.place)
end

local function pin_words(found)
  if not found.pin then return found.snapshots and "none" or "unknown" end
  return ("%s (%s)"):format(found.pin.name, found.pin.state or "it does not exist")
end

local function names_words(found, field)
  if not found.snapshots then return "unknown" end
  return #found[field] > 0 and table.concat(found[field], ", ") or "none"
end

local function cache_words(found)
  if not found.cache then return why_unknown(found, "cache") end
  local words = {}
  for index, entry in ipairs(found.cache) do
    words[index] = ("%s, %s, %s old"):format(entry.name, entry.state,
      terminal.duration(entry.age))
  end
  return #words > 0 and table.concat(words, "; ") or "nothing of this prefix"
end

local function machines_words(found)
  local machines = found.machines
  if not machines then return why_unknown(found, "machines") end
  local words = {}
  for index, row in ipairs(machines.by_snapshot) do
    if index > ROWS then
      words[#words + 1] = "…"
      break
    end
    words[index] = ("%d of %s"):format(row.count, row.snapshot ~= "" and row.snapshot
      or "no snapshot")
  end
  local total = (machines.whole and "" or "at least ") .. machines.total
  return #words > 0 and ("%s: %s"):format(total, table.concat(words, ", ")) or total
end

local function snapshot_line(fields)
  local words = { fields.state, fields.age and ages.of(fields.age) .. " old" or nil }
  if fields.commit then
    words[#words + 1] = commits.short(fields.commit) .. (fields.dirty and "+" or "")
  end
  for _, mark in ipairs(fields.marks) do words[#words + 1] = (mark:gsub("_", "-")) end
  if (fields.machines or 0) > 0 then
    words[#words + 1] = terminal.plural(fields.machines, "machine")
  end
  return ("  %s  %s"):format(terminal.clean(fields.name), terminal.clean(table.concat(words, ", ")))
end

local function add_snapshots(lines, found)
  if not found.snapshots then return add(lines, "snapshots", why_unknown(found, "snapshots")) end
  if #found.snapshots == 0 then return add(lines, "snapshots", "none") end
  add(lines, "snapshots", "the newest " .. #found.snapshots)
  for _, fields in ipairs(found.snapshots) do lines[#lines + 1] = snapshot_line(fields) end
end

local function add_problems(lines, found)
  if #found.problems == 0 then return add(lines, "wrong", "nothing") end
  add(lines, "wrong", "")
  for _, problem in ipairs(found.problems) do
    lines[#lines + 1] = "  " .. problem.what
    lines[#lines + 1] = "    mend: " .. problem.mend
  end
end

--- Returns the lines.
---@param found table  the fields of the document
---@return string
function M.of(found)
  local lines = {}
  add(lines, "environment", environment_words(found))
  if found.provider ~= "docker" then
    add(lines, "key", key_words(found))
    add(lines, "clock", clock_words(found))
  end
  add(lines, "engine", engine_words(found))
  add(lines, "pin", pin_words(found))
  add(lines, "in flight", names_words(found, "in_flight"))
  add(lines, "orphans", names_words(found, "orphans"))
  add(lines, "cache", cache_words(found))
  add(lines, "machines", machines_words(found))
  add_snapshots(lines, found)
  add_problems(lines, found)
  return table.concat(lines, "\n")
end

return M
