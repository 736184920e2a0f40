--- Tells GitHub Actions of a run: masks and annotations by workflow commands on stderr, outputs and
--- a summary by the files that the runner names. stdout stays the result's.
local env = require("os2.env")
local fs = require("os2.fs")
local mode = require("os2.report.progress.mode")
local options = require("os2.run.options")
local policy = require("os2.policy")
local progress = require("os2.report.progress")
local secrets = require("os2.text.secrets")
local summary = require("os2.ci.summary")
local terminal = require("os2.text.terminal")
local workflow = require("os2.ci.workflow")

---@class os2.ci.github
---@field private command string
---@field private has_commands boolean
---@field private run os2.ci.summary.run
---@field private annotated integer
local Github = {}
Github.__index = Github

local M = {}

--- Whether the run is told to GitHub: --github, --no-github, else the policy github.enabled.
---@return boolean
function M.is_wanted()
  if options.github ~= nil then return options.github end
  return policy.ask("github.enabled")
end

local function write(line)
  io.stderr:write(line)
  io.stderr:flush()
end

-- Each text has one line, so a secret of several lines is masked line by line.
local function mask_all()
  secrets.observe(function(text) write(workflow.command("add-mask", text)) end)
end

--- Begins to tell GitHub of a command's run. The masks of what is known now are written first.
---@param command string
---@return os2.ci.github
function M.open(command)
  local shown = mode.choose()
  local github = setmetatable({
    command = command, annotated = 0,
    has_commands = policy.ask("github.commands", { progress = shown }),
    run = { command = command, phases = {}, layers = {}, warnings = {}, fields = {} },
  }, Github)
  if github.has_commands and policy.ask("github.masks") then mask_all() end
  options.filter = function(bytes) return workflow.defused(bytes, shown == "json") end
  progress.observe(github)
  return github
end

function Github:phase_end(phase, words, is_done)
  table.insert(self.run.phases, {
    label = phase.label, words = words, is_done = is_done,
    seconds = phase.ui.now() - phase.started,
  })
end

function Github:layers(layers)
  self.run.layers = layers
end

function Github:warning(words)
  table.insert(self.run.warnings, words)
  if not self.has_commands then return end
  self.annotated = self.annotated + 1
  if self.annotated > policy.ask("github.annotation_limit") then return end
  write(workflow.command("warning", terminal.clean(words), { title = "os2 " .. self.command }))
end

-- GitHub wants paths as seen from the repository's root.
local function path_in_workspace(path)
  local root = env.get("GITHUB_WORKSPACE")
  local whole = root and fs.exists(path) and fs.realpath(path)
  local above = whole and fs.exists(root) and fs.realpath(root) .. "/"
  if above and whole:sub(1, #above) == above then return whole:sub(#above + 1) end
  return path
end

local function annotate_failure(self, failure)
  if not self.has_commands or failure.kind == "cancelled" then return end
  local words = failure.message .. (failure.hint and "; " .. failure.hint or "")
  write(workflow.command("error", terminal.clean(words), {
    file = failure.file and path_in_workspace(failure.file), line = failure.line,
    title = "os2 " .. self.command,
  }))
end

local function last_byte(file)
  local size = file:seek("end")
  if size == 0 then return "\n", 0 end
  file:seek("set", size - 1)
  return file:read(1), size
end

-- Text behind a line that does not end would become a part of it.
local function append(path, text_of)
  local file <close>, why = io.open(path, "a+b")
  if not file then return why end
  local last, size = last_byte(file)
  local text = text_of(size)
  local done, refused = file:write(last ~= "\n" and text ~= "" and "\n" or "", text)
  if done then done, refused = file:flush() end
  return not done and refused or nil
end

local function append_to(variable, text_of)
  local path = not options.guard and env.get(variable)
  local why = path and append(path, text_of)
  if why then progress.warn(("%s cannot be written: %s"):format(variable, why)) end
end

-- A dry run has made nothing that a later step could use.
local function write_outputs(self, fields)
  local names = not fields.dry_run and policy.ask("github.outputs")[self.command] or {}
  local parts = {}
  for _, name in ipairs(names) do
    local value, kind = fields[name], type(fields[name])
    if kind == "string" or kind == "number" or kind == "boolean" then
      parts[#parts + 1] = workflow.output(name, tostring(value))
    end
  end
  if parts[1] then append_to("GITHUB_OUTPUT", function() return table.concat(parts) end) end
end

local function has_summary(self)
  for _, name in ipairs(policy.ask("github.summary")) do
    if name == self.command then return true end
  end
  return false
end

--- Ends the telling with the result of the run, or with its failure.
---@param fields table  of the document, as far as they are known
---@param failure os2.Err?
function Github:finish(fields, failure)
  self.run.fields, self.run.failure = fields, failure
  if failure then annotate_failure(self, failure) else write_outputs(self, fields) end
  if not has_summary(self) then return end
  local limit = policy.ask("github.summary_limit")
  append_to("GITHUB_STEP_SUMMARY", function(size)
    return summary.of(self.run, limit - size - 1)
  end)
end

return M
