--- What GitHub Actions is told of a run.
local policy = require("os2.policy")

---@class os2.policies.github
local M = {}

local MEGABYTE <const> = 1024 * 1024

--- Whether the run is told to GitHub Actions, without --github and --no-github.
---@param facts {env: table<string, string>}
---@return boolean
function M.enabled(facts)
  return facts.env.GITHUB_ACTIONS == "true"
end

--- Whether workflow commands are written. GitHub reads them from stderr; a program that reads JSON
--- events from it would not understand them.
---@param facts {progress: string}
---@return boolean
function M.commands(facts)
  return facts.progress ~= "json"
end

local function check_outputs(outputs)
  for command, names in pairs(outputs) do
    if type(names) ~= "table" then return nil, ("%s is no list of names"):format(command) end
    for _, name in ipairs(names) do
      if type(name) ~= "string" or not name:match("^[%a_][%w_-]*$") then
        return nil, ("%s has a name that GitHub does not take"):format(command)
      end
    end
  end
  return true
end

policy.define("github.enabled", {
  doc = "Whether GitHub Actions is told of the run: outputs, a summary, annotations and masks. "
    .. "--github and --no-github take precedence.",
  default = M.enabled,
  returns = { type = "boolean", doc = "true when GITHUB_ACTIONS is \"true\"" },
})

policy.define("github.commands", {
  facts = { progress = "string: how progress is shown: tty, lines, plain, json or quiet" },
  doc = "Whether workflow commands (annotations and masks) are written to stderr.",
  default = M.commands,
  returns = { type = "boolean", doc = "false when stderr is read as JSON events" },
})

policy.define("github.masks", {
  doc = "Whether GitHub is told every secret that os2 knows, so that it masks them in the output "
    .. "of the other programs of the job too.",
  type = "boolean", default = true,
})

policy.define("github.outputs", {
  doc = "For each command, the fields of its document that become outputs of the step.",
  type = "table", check = check_outputs,
  default = {
    snapshot = { "name", "id", "digest", "reused" },
    resolve = { "name", "id", "digest", "reused" },
  },
})

policy.define("github.summary", {
  doc = "The commands that add a summary to the page of the workflow's run.",
  type = "list", element = "string", default = { "snapshot" },
})

policy.define("github.summary_limit", {
  doc = "The largest summary of a step, with what others have written there. GitHub shows none "
    .. "that is larger than 1 MiB.",
  type = "integer", unit = "bytes", range = { 1024, MEGABYTE }, default = MEGABYTE,
})

policy.define("github.annotation_limit", {
  doc = "How many warnings become annotations. GitHub shows 10 for each step.",
  type = "integer", range = { 0, 50 }, default = 10,
})

return M
