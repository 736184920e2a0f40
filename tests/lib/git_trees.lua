--- Trees that os2.git and git are asked about; see tests/spec/git/trees_spec.lua.
local fs = require("os2.fs")
local proc = require("os2.proc")
local program = require("tests.lib.program")

---@class tests.lib.git_trees
local M = {}

local HELPERS <const> = fs.realpath("tests/lib/git_trees.sh")

-- What os2 answers, as Lua: names may be of any bytes.
local ASK <const> = [[
  local function show(value)
    if type(value) ~= "table" then return ("%q"):format(value) end
    local parts = {}
    for key, item in pairs(value) do parts[#parts + 1] = ("[%q]=%s"):format(key, show(item)) end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  local path, answers = arg[1], {}
  local questions = {
    status = function()
      local states = {}
      for _, change in ipairs(os2.git.status(path).changes) do
        states[change.path] = change.state
      end
      return states
    end,
    files = function()
      local list = os2.git.files(path)
      table.sort(list)
      return list
    end,
    overwritten = function() return os2.git.overwritten{ path = path, to = "target" } end,
  }
  for verb, ask in pairs(questions) do
    local answer, failure = os2.try(ask)
    answers[verb] = answer
      or { failed = tostring(failure), kind = failure.kind, hint = failure.hint }
  end
  io.write("return ", show(answers))]]

-- Nobody who is asked refreshes the index, which would change the next one's answer.
local function environment(directory, changes)
  local all = {
    GIT_OPTIONAL_LOCKS = "0",
    HOME = directory .. "/home", XDG_CONFIG_HOME = false, GIT_CONFIG_NOSYSTEM = "1", LC_ALL = "C",
  }
  for name, value in pairs(changes or {}) do all[name] = value end
  return all
end

local function git(directory, root, ...)
  return proc.run({ "git", "-C", root, ... }, { timeout = 30, env = environment(directory) })
end

--- Runs a tree's script in a directory.
---@param directory string
---@param script string
function M.make(directory, script)
  local done = proc.run({ "sh", "-c", ". " .. HELPERS .. "\n" .. script }, {
    cwd = directory, timeout = 60, env = { GIT_CONFIG_NOSYSTEM = "1", XDG_CONFIG_HOME = false },
  })
  assert(done.code == 0, done.stderr)
end

-- The two letters of `git status --porcelain`, as os2's words.
local function state_of(letters)
  if letters == "??" then return "untracked" end
  if letters:find("U") or letters == "AA" or letters == "DD" then return "conflicted" end
  if letters:find("D") then return "deleted" end
  if letters:find("R") then return "renamed" end
  if letters:find("[AC]") then return "added" end
  return "modified"
end

local function status_of(directory, root)
  local states, is_origin = {}, false
  for record in git(directory, root, "status", "--porcelain", "-z").stdout:gmatch("(%Z+)%z") do
    if not is_origin then states[record:sub(4)] = state_of(record:sub(1, 2)) end
    is_origin = not is_origin and record:sub(1, 2):find("R") ~= nil
  end
  return states
end

local function add_files(found, directory, root, prefix)
  local listed = git(directory, root, "ls-files", "-z", "-co", "--exclude-standard").stdout
  for name in listed:gmatch("(%Z+)%z") do
    local plain = name:gsub("/$", "")
    if fs.exists(root .. "/" .. plain .. "/.git") then
      add_files(found, directory, root .. "/" .. plain, prefix .. plain .. "/")
    else
      found[prefix .. plain] = true
    end
  end
end

local function sorted(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return list
end

-- What a real merge names as in its way. It changes a copy.
local function refused_of(directory, root)
  local copy = directory .. "/copy"
  assert(proc.run({ "cp", "-a", root, copy }, { timeout = 30 }).code == 0)
  local done = git(directory, copy, "merge", "-q", "--ff-only", "target")
  local found, is_list = {}, false
  for line in done.stderr:gmatch("[^\n]+") do
    local name = line:match("^\t(.*)$")
    if not name then is_list = line:find("untracked", 1, true) ~= nil end
    if name and is_list then found[name:gsub("/$", "")] = true end
  end
  return sorted(found), done
end

--- Returns what git says of the tree: {status = path -> state, files, overwritten}.
---@param directory string
---@return table
function M.expected(directory)
  local root, files = directory .. "/r", {}
  add_files(files, directory, root, "")
  return {
    status = status_of(directory, root), files = sorted(files),
    overwritten = (refused_of(directory, root)),
  }
end

--- Returns the same as os2 says it; a verb that failed is {failed = message, kind, hint}.
---@param directory string
---@param changes? table  of the environment
---@return table
function M.answers(directory, changes)
  local done = program.eval(ASK, { env = environment(directory, changes) }, { directory .. "/r" })
  assert(done.code == 0, done.stderr)
  return assert(load(done.stdout))()
end

return M
