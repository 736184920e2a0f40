--- Prints every policy: its value, and the file that set it.
local cli = require("os2.cli")
local json = require("os2.json")

-- Loaded at first use: that loads the policy files, with the options that the arguments give.
local function policies() return require("os2.policy") end
local function render() return require("os2.help.policies") end

local RECORD <const> = {
  name = "string: the name, group.word",
  doc = "string: what is decided",
  type = "string: the type of the value",
  unit = "string?: the unit of the value, such as s",
  value = "any?: the value in force; absent when computed is true",
  computed = "boolean: the answer is computed by a function",
  changed = "boolean: the policy differs from the value that os2 ships",
  set_by = "string?: the file and line of the last change",
  why = "string?: the reason of the last change",
}

local EXPLANATION <const> = {
  rule = "string: the rule for values and answers",
  answer = "string: the type of the answer",
  is_optional = "boolean?: nil is an answer too",
  default = "any?: the value that os2 ships",
  default_place = "string: the file and line of the default",
  range = "list?: the lowest and the highest value",
  values = "list?: all allowed values",
  changes = "list: {action, anchor?, step?, value?, computed, why?, place, source?} of each "
    .. "change, the oldest first",
  facts = "list?: {name, type, doc, is_common?} of each fact",
  ctx = "list?: {name, type, doc, fields?} of each field of a step's ctx",
}
for name, said in pairs(RECORD) do EXPLANATION[name] = said end

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
  documents = {
    list = { policies = { "list?: sorted by name", fields = RECORD } },
    explain = { policy = { "table?: the entry", fields = EXPLANATION } },
  },
  examples = {
    { "See what was changed, and where.", "os2 policy list" },
    { "See all about one decision.", "os2 policy explain cache.ttl" },
  },
  subcommands = {
    list = { examples = {
      { "See what a policy file would change.", "os2 --policy my.lua policy list" },
      { "Make the table of docs/policies.md.", "os2 --isolated policy list --markdown" },
    } },
    explain = { examples = {
      { "See the rule, the default and the changes.", "os2 policy explain cache.ttl" },
    } },
  },
  args = function(parser)
    parser:command_target("action")
    parser:command("list", "Every policy, its value and who set it.")
      :flag("--markdown", "Markdown, as docs/policies.md has it.")
    local one = parser:command("explain",
      "One policy: doc, rule, default and the chain of changes.")
    cli.argument(one, "name", { completes = "policy", description = "Such as cache.ttl." })
  end,
  is_fault_shown = true,
  run = function(args, faults)
    local fields, text = (args.action == "explain" and explain or list)(args)
    return fields, text, faults[1]
  end,
}
