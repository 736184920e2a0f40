--- Shows every decision: its value, and the file that set it.
local cli = require("os2.cli")
local json = require("os2.json")

-- Late: policy files are loaded at its first use, with the options that the arguments give.
local function policies() return require("os2.policy") end
local function render() return require("os2.policy.render") end

local function explanations()
  local records = {}
  for index, record in ipairs(policies().list()) do
    records[index] = policies().explain(record.name)
  end
  return records
end

local function list(args)
  local records = policies().list()
  local text = args.markdown and render().markdown(explanations()) or render().list(records)
  return { policies = records }, text
end

local function explain(args)
  local record = policies().explain(args.name)
  record.changes = json.array(record.changes)
  return { policy = record }, render().explanation(record)
end

cli.run{
  name = "policy",
  summary = "Show every decision os2 makes, its value, and the file that set it.",
  args = function(parser)
    parser:command_target("action")
    parser:command("list", "Every policy, its value and who set it.")
      :flag("--markdown", "As the table of docs/policies.md.")
    parser:command("explain", "One policy: doc, rule, default and the chain of changes.")
      :argument("name", "Such as cache.ttl.")
  end,
  is_fault_shown = true,
  run = function(args, faults)
    local fields, text = (args.action == "explain" and explain or list)(args)
    return fields, text, faults[1]
  end,
}
