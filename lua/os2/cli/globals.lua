--- The options of os2 itself, which every command accepts after its name as well.
local help = require("os2.cli.help")
local options = require("os2.run.options")

---@class os2.cli.globals
local M = {}

local function set(field, value)
  return function(_, _, given)
    options[field] = value or given
  end
end

local function set_github(is_told)
  return function() options.github = is_told end
end

local function option(parser, name, argname, field, described)
  return help.describe(parser:option(name):argname(argname):action(set(field)), described)
end

local function set_progress(_, _, value)
  require("os2.report.progress").set_mode(value)
end

local function read_only()
  require("os2.guard.install").run("read-only")
end

-- Whether an option must be in the parser: each takes some of the time of a short run.
local function is_needed(words, name)
  if not words then return true end
  for _, word in ipairs(words) do
    if word == "-h" or word == "--help" or word:sub(1, 4) == name:sub(1, 4) then return true end
  end
  return false
end

-- Flags that are in the parser only when they are needed.
local RARE <const> = {
  { name = "--github", action = set_github(true),
    description = "Tell GitHub Actions of the run: outputs, a summary, annotations and masks. "
      .. "Under GITHUB_ACTIONS=true it is on by itself." },
  { name = "--no-github", action = set_github(false),
    description = "Tell GitHub Actions nothing." },
  { name = "--read-only", action = read_only,
    description = "Refuse everything that changes something, before anything is sent. Before the "
      .. "command, --dry-run records it instead, and prints the plan." },
  { name = "--no-history", action = set("no_history", true),
    description = "Do not write down what the run decides and does." },
}

--- Adds the options to a command's parser.
---@param parser table  argparse
---@param has_own_context boolean?  the command's --context has a meaning of its own
---@param words? string[]  the words that it parses; without them it has all options
function M.add(parser, has_own_context, words)
  local list = {
    parser:flag("-v --verbose"):action(set("verbose", true))
      :description("Say each request, with its status and time, and tracebacks."),
    option(parser, "--policy", "FILE", "policy_file", {
      description = "Load this policy file after the others.", default = "OS2_POLICY",
    }),
    parser:flag("--isolated"):action(set("isolated", true))
      :description("No policy files but --policy's, and no scripts but os2's own."),
    help.describe(parser:option("--progress"):argname("MODE"):action(set_progress), {
      description = "How progress is shown: auto, tty, plain (all output of a build), json "
        .. "(events) or quiet.",
      default = "OS2_PROGRESS, or else auto",
    }),
  }
  for _, flag in ipairs(RARE) do
    if is_needed(words, flag.name) then
      list[#list + 1] = parser:flag(flag.name):action(flag.action):description(flag.description)
    end
  end
  if not has_own_context then
    list[#list + 1] = option(parser, "--context", "NAME", "docker_context", {
      description = "The Docker engine, by the name of a Docker context.",
      default = "DOCKER_HOST, or else DOCKER_CONTEXT",
    })
  end
  parser:group("Options of os2 itself, here or before the command", table.unpack(list))
end

return M
