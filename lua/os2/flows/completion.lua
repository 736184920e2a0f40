--- Completion of a command line: what the declarations know, and names of machines and snapshots.
local cache = require("os2.store.cache")
local complete = require("os2.help.complete")
local err = require("os2.err")
local policy = require("os2.policy")
local provider_choice = require("os2.flows.provider_choice")
local task = require("os2.task")

---@class os2.flows.completion
local M = {}

-- What tells the shell to offer paths.
local PATHS <const> = { file = ":file", directory = ":directory" }

local READ_SECONDS <const> = 0.05 -- of a file on this machine

local function machines_of(chosen)
  local machines = require(("os2.providers.%s.machines"):format(chosen.name))
  return machines.list({})
end

-- Every record of the snapshots with the prefix, or of all where none is set.
local function snapshots_of(chosen, prefix)
  local pages = chosen.pages(policy.ask("resolution.query", { prefix = prefix or "" }))
  return coroutine.wrap(function()
    for page in pages do
      for _, snapshot in ipairs(page) do coroutine.yield(snapshot) end
    end
  end)
end

local LISTS <const> = { machine = machines_of, snapshot = snapshots_of }

local function collect(records)
  local names, most = {}, policy.ask("completion.most")
  for record in records do
    if #names == most then break end
    names[#names + 1] = { record.name, record.state or "" }
  end
  return names
end

local function is_answer(answer) return type(answer.names) == "table" end

local function nothing_kept()
  err.raise(err.new{ kind = "not_found", op = "completion", message = "no names are kept" })
end

local function fetch(key, facts, ask)
  return (cache.fetch(key, { refresh = facts.refresh, fits = is_answer }, ask)).names
end

-- The names of now, and else those that were kept, within the time that a person waits for a key.
local function names_of(chosen, kind, prefix)
  local parts = chosen.identity()
  for _, part in ipairs{ "completion", kind, prefix or "" } do
    parts.n = parts.n + 1
    parts[parts.n] = part
  end
  local key = cache.key(parts)
  local names = task.try(task.timeout, policy.ask("completion.timeout"), fetch, key,
    { refresh = true }, function() return { names = collect(LISTS[kind](chosen, prefix)) } end)
  return names or task.try(task.timeout, READ_SECONDS, fetch, key, {}, nothing_kept)
end

-- Whatever fails here, a key that is pressed must not print an error into the line.
local function live(found)
  local list = LISTS[found.kind]
  if not list then return {} end
  local names = task.try(function()
    local chosen = provider_choice.choose(found.given["--provider"])
    local prefix = require("os2.flows.facts").named_prefix(found.given["--prefix"])
    return names_of(chosen, found.kind, found.kind == "snapshot" and prefix or nil)
  end)
  return names or {}
end

local function line_of(word, description)
  if description == "" then return word end
  return ("%s\t%s"):format(word, (description:gsub("%s+", " ")))
end

--- Returns the candidates, one a line: the word, a tab and what it is. A last line ":file" or
--- ":directory" says that paths may stand there too.
---@param words string[]  the words behind `os2`; the last one is to be completed
---@return table fields
---@return string? lines
function M.run(words)
  local found, written, before = complete.at(words)
  local lines = {}
  for _, row in ipairs(found.words) do lines[#lines + 1] = line_of(before .. row[1], row[2]) end
  for _, row in ipairs(live(found)) do
    local name = require("os2.text.terminal").clean(row[1])
    if name:sub(1, #written) == written then
      lines[#lines + 1] = line_of(before .. name, row[2])
    end
  end
  if PATHS[found.kind] then lines[#lines + 1] = PATHS[found.kind] end
  return { candidates = require("os2.json").array(lines) }, lines[1] and table.concat(lines, "\n")
end

return M
