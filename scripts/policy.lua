--- Shows every decision: its value, and the file that set it.
local cli = require("os2.cli")
local json = require("os2.json")
local policy = require("os2.policy")
local render = require("os2.policy.render")

local function explanations()
  local records = {}
  for index, record in ipairs(policy.list()) do records[index] = policy.explain(record.name) end
  return records
end

local function list(args)
  local records = policy.list()
  local text = args.markdown and render.markdown(explanations()) or render.list(records)
  return { policies = records }, text
end

local function explain(args)
  local record = policy.explain(args.name)
  record.changes = json.array(record.changes)
  return { policy = record }, render.explanation(record)
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
  run = function(args)
    if args.action == "explain" then return explain(args) end
    return list(args)
  end,
}
