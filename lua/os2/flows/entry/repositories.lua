--- Entry step: clones or updates the further repositories that GITHUB_REPOS names.
local checkout = require("os2.flows.entry.checkout")
local env = require("os2.env")
local err = require("os2.err")
local json = require("os2.json")
local log = require("os2.flows.entry.log")
local policy = require("os2.policy")
local task = require("os2.task")

---@class os2.flows.entry.repositories
local M = {}

local function refuse(message)
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "entry.repositories",
    message = "GITHUB_REPOS: " .. message,
    hint = 'it is a JSON list such as [{"owner": "o", "name": "n", "defaultBranch": "main"}]',
  })
end

local function decode(text)
  local list, failure = task.try(json.decode, text)
  if failure then refuse("it is no JSON") end
  -- a decoded object without fields looks like a list
  if type(list) ~= "table" or not text:match("^%s*%[") then refuse("it is no list") end
  return list
end

-- The words become components of a path, so none may lead out of it.
local function is_word(word)
  return type(word) == "string" and word:match("^[%w._-]+$") and word ~= "." and word ~= ".."
end

local function check_word(index, field, word)
  if is_word(word) then return word end
  refuse(("entry %d has no proper %s"):format(index, field))
end

local function branch_of(index, branch)
  if branch == nil or branch == "" then return nil end
  if type(branch) == "string" then return branch end
  refuse(("entry %d has no proper defaultBranch"):format(index))
end

--- Returns the repositories in a text: URL, path and branch of each. Raises `invalid` (exit 3) when
--- the text is not such a list.
---@param text string
---@return {url: string, path: string, branch: string?}[]
function M.parse(text)
  local list = {}
  for index, entry in ipairs(decode(text)) do
    if type(entry) ~= "table" then refuse(("entry %d is no object"):format(index)) end
    list[index] = policy.ask("entry.further", {
      owner = check_word(index, "owner", entry.owner), name = check_word(index, "name", entry.name),
      branch = branch_of(index, entry.defaultBranch),
    })
  end
  return list
end

-- The same path twice would mean two writers in one checkout.
local function without_doubles(list, taken)
  local seen, kept = { [taken] = true }, {}
  for _, repository in ipairs(list) do
    if not seen[repository.path] then kept[#kept + 1] = repository end
    seen[repository.path] = true
  end
  return kept
end

--- Runs the step.
---@param ctx table
function M.run(ctx)
  local list = without_doubles(M.parse(env.get("GITHUB_REPOS") or "[]"), ctx.path)
  if #list == 0 then return end
  local outcomes = task.map(list, function(repository)
    checkout.bring("repositories", repository)
  end, { limit = policy.ask("entry.limit") })
  for index, outcome in ipairs(outcomes) do
    if not outcome.ok then
      if policy.ask("entry.on_further_failure") == "fail" then err.raise(outcome.err) end
      log.write("repositories", ("continuing without %s: %s"):format(list[index].path,
        tostring(outcome.err)))
    end
  end
end

return M
