--- Explains with package.json why a command failed.
local fs = require("os2.fs")
local json = require("os2.json")
local task = require("os2.task")

---@class os2.flows.entry.manifest
local M = {}

local RUNNERS <const> = { pnpm = true, npm = true, yarn = true, bun = true }
-- commands of the package managers themselves
local OWN <const> = { install = true, i = true, ci = true, add = true, exec = true, dlx = true }

-- Returns the script that a command runs: "build" for `pnpm build` and `npm run build`; nil when it
-- runs none, or when an option precedes it.
local function script_of(argv)
  local word = argv[2] == "run" and argv[3] or argv[2]
  return RUNNERS[argv[1]] and word and not OWN[word] and word:match("^%w.*") or nil
end

local function scripts_in(path)
  local content = task.try(fs.read, path)
  local manifest = content and task.try(json.decode, content)
  if type(manifest) ~= "table" then return nil end
  return type(manifest.scripts) == "table" and manifest.scripts or {}
end

--- Returns a hint when a command failed because package.json does not define what it runs; else
--- nil.
---@param directory string
---@param argv string[]
---@param step "install"|"build"
---@return string?
function M.hint(directory, argv, step)
  local path = directory .. "/package.json"
  if RUNNERS[argv[1]] and not fs.exists(path) then
    return ("there is no %s; the policy entry.%s says which command is run, {} is none"):format(
      path, step)
  end
  local script = script_of(argv)
  local scripts = script and scripts_in(path)
  if not scripts or scripts[script] ~= nil then return nil end
  return ("%s has no script %q; the policy entry.%s says which command is run, {} is none"):format(
    path, script, step)
end

return M
