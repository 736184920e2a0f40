--- Shows every decision: its value, and the file that set it.
local cli = require("os2.cli")
local json = require("os2.json")

-- Late: policy files are loaded at its first use, with the options that the arguments give.
local function policies() return require("os2.policy") end
local function render() return require("os2.help.policies") end

local RECORD <const> = {
  name = "string: group.word",
  doc = "string: what is decided",
  type = "string: of the value",
  unit = "string?: of it, such as s",
  value = "any?: what is in force; absent where computed is true",
  computed = "boolean: a function decides",
  changed = "boolean: it is not what os2 ships",
  set_by = "string?: the place of the last change",
  why = "string?: its reason",
}

local EXPLANATION <const> = {
  rule = "string: what it takes or answers",
  answer = "string: the type of the answer",
  is_optional = "boolean?: nil is an answer, too",
  default = "any?: what os2 ships",
  default_place = "string: where that stands",
  range = "list?: the least and the most",
  values = "list?: all that is allowed",
  changes = "list: {action, anchor?, step?, value?, computed, why?, place, source?}, oldest first",
  facts = "list?: {name, type, doc, is_common?}, what a function is given",
  ctx = "list?: {name, type, doc, fields?}, what a step is given",
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
  args = function(parser)
    parser:command_target("action")
    parser:command("list", "Every policy, its value and who set it.")
      :flag("--markdown", "Markdown, as docs/policies.md has it.")
    parser:command("explain", "One policy: doc, rule, default and the chain of changes.")
      :argument("name", "Such as cache.ttl.")
  end,
  is_fault_shown = true,
  run = function(args, faults)
    local fields, text = (args.action == "explain" and explain or list)(args)
    return fields, text, faults[1]
  end,
}
