--- Makes the manual pages: from the declarations that --help is made of, from the policies, and
--- from the doc comments of the verbs.
local cli = require("os2.cli")
local commands = require("os2.help.commands")
local exit_codes = require("os2.base.exit_codes")
local roff = require("os2.help.roff")
local variables = require("os2.help.variables")

---@class os2.help.man
local M = {}

---@class os2.help.man.page
---@field name string  "os2-machine"
---@field section integer
---@field text string

-- ---- of a command ----

local function usage_of(parser)
  return (parser:get_usage():gsub("^Usage: ", ""))
end

local function label_of(element)
  local names = table.concat(element._aliases or { element._name }, ", ")
  local values = element._aliases and element._maxargs > 0 and element:_get_usage():match(" (.+)$")
  if not values then return names end
  return ("%s %s"):format(names, (values:gsub("%]$", ""):gsub("^%[", "")))
end

local function add_elements(page, list)
  for _, element in ipairs(list) do
    page:item(label_of(element), element:_get_description() or "")
  end
end

local function add_examples(page, examples)
  for _, example in ipairs(examples or {}) do
    page:paragraph(example[1])
    page:code(example[2])
  end
end

local function add_subcommand(page, parser, declared)
  page:subsection(parser:_get_fullname())
  page:paragraph(parser._description or "")
  page:code(usage_of(parser))
  add_elements(page, parser._arguments)
  add_elements(page, parser._options)
  add_examples(page, declared.examples)
end

local function add_environment(page, groups)
  page:section("Environment")
  for _, row in ipairs(variables.of(groups)) do
    page:item(table.concat(row.names, ", "), row.meaning)
  end
end

local function add_exit_codes(page)
  page:section("Exit status")
  for _, row in ipairs(exit_codes.ROWS) do
    if row.meaning then page:item(table.concat(row.codes, ", "), row.meaning) end
  end
end

local function add_see_also(page, own)
  page:section("See also")
  local names = { "os2(1)" }
  for _, name in ipairs(commands.own_names()) do names[#names + 1] = ("os2-%s(1)"):format(name) end
  names[#names + 1] = "os2-policy(5)"
  names[#names + 1] = "os2-script(7)"
  local others = {}
  for _, name in ipairs(names) do
    if name ~= own then others[#others + 1] = name end
  end
  page:paragraph(table.concat(others, ", "))
end

local function groups_of(command)
  local groups, known = {}, {}
  local function add(list)
    for _, name in ipairs(list or {}) do
      if not known[name] then groups[#groups + 1], known[name] = name, true end
    end
  end
  add(command.environment)
  for _, sub in pairs(command.subcommands or {}) do add(sub.environment) end
  table.sort(groups)
  add({ "os2" })
  return groups
end

--- Returns the page of a command, with its subcommands.
---@param name string
---@return os2.help.man.page
function M.command(name)
  local command = commands.find(name)
  local parser = cli.parser(command)
  local page = roff.page("os2-" .. name, 1, command.summary)
  page:section("Synopsis")
  page:code(usage_of(parser))
  page:section("Options")
  add_elements(page, parser._arguments)
  add_elements(page, parser._options)
  if #parser._commands > 0 then page:section("Commands") end
  for _, sub in ipairs(parser._commands) do
    add_subcommand(page, sub, (command.subcommands or {})[sub._name] or {})
  end
  page:section("Examples")
  add_examples(page, command.examples)
  add_environment(page, groups_of(command))
  add_exit_codes(page)
  add_see_also(page, ("os2-%s(1)"):format(name))
  return { name = "os2-" .. name, section = 1, text = page:text() }
end

-- ---- the others ----

local function main_page()
  local usage = require("os2.help.usage")
  local page = roff.page("os2", 1, "scripting host for snapshots and machines at Daytona")
  page:section("Synopsis")
  page:code(usage.synopsis())
  page:section("Options")
  for _, row in ipairs(usage.options()) do page:item(row[1], row[2]) end
  page:section("Commands")
  for _, name in ipairs(commands.own_names()) do
    page:item("os2 " .. name, commands.find(name).summary)
  end
  page:section("Examples")
  add_examples(page, usage.EXAMPLES)
  add_environment(page, usage.ENVIRONMENT)
  add_exit_codes(page)
  add_see_also(page, "os2(1)")
  return { name = "os2", section = 1, text = page:text() }
end

local function add_facts(page, record)
  for _, field in ipairs(record.facts or {}) do
    if not field.is_common then page:item(field.name .. ": " .. field.type, field.doc) end
  end
end

local function add_policy(page, record)
  local shown = require("os2.help.policies")
  page:subsection(record.name)
  page:paragraph(record.doc)
  page:paragraph(("Default: %s. Rule: %s."):format(shown.value(record), record.rule))
  add_facts(page, record)
end

local FILES <const> = {
  { "/etc/os2/policy.lua", "Holds for all users of this machine." },
  { "~/.config/os2/policy.lua", "Holds for one user; XDG_CONFIG_HOME moves it." },
  { "--policy FILE, or OS2_POLICY", "Holds for one run, after the others." },
}

local POLICY_WORDS <const> = [[
A policy file is Lua. It begins with policy.api(1), and changes decisions with policy.set(NAME,
VALUE); where the value is a function, os2 calls it with the facts that are listed below. `os2
policy list` shows what is in force and who set it, and `os2 policy explain NAME` all of one.]]

local function policy_page()
  local page = roff.page("os2-policy", 5, "the decisions of os2, and the files that change them")
  page:section("Description")
  page:paragraph(POLICY_WORDS)
  page:code('policy.api(1)\npolicy.set("cache.ttl", 60)')
  page:section("Files")
  for _, row in ipairs(FILES) do page:item(row[1], row[2]) end
  page:section("Policies")
  local policy = require("os2.policy")
  for _, listed in ipairs(policy.list()) do add_policy(page, policy.explain(listed.name)) end
  add_see_also(page, "os2-policy(5)")
  return { name = "os2-policy", section = 5, text = page:text() }
end

-- Of a doc comment the sentences, without the lines that begin with a tag.
local function words_of(doc)
  local lines = {}
  for _, line in ipairs(doc) do
    if line:find("^%s*@") then break end
    lines[#lines + 1] = line
  end
  return table.concat(lines, " ")
end

local function add_verb(page, module, verb)
  page:item(("%s.%s(%s)"):format(module, verb.name, verb.arguments), words_of(verb.doc))
end

local SCRIPT_WORDS <const> = [[
A script is Lua 5.4 that os2 runs: `os2 SCRIPT`, or `os2 -e CHUNK`. It loads the modules below with
require("os2.NAME"); with -e they are globals. A verb raises an error object with the fields kind,
op, message and hint. `os2 help MODULE` and `os2 help MODULE.VERB` tell more, and list the
operations of the APIs. A script ~/.config/os2/scripts/NAME.lua or /etc/os2/scripts/NAME.lua is a
command, os2 NAME: os2-new(1) writes one with its test, os2-test(1) runs tests, and os2-add(1) takes
packs of scripts from git.]]

local function script_page()
  local reference = require("os2.help.reference")
  local page = roff.page("os2-script", 7, "the verbs that os2 gives to Lua scripts")
  page:section("Description")
  page:paragraph(SCRIPT_WORDS)
  for _, module in ipairs(reference.modules()) do
    page:section(module.module)
    page:paragraph(module.summary)
    for _, verb in ipairs(reference.module(module.module).verbs) do
      add_verb(page, module.module, verb)
    end
  end
  add_see_also(page, "os2-script(7)")
  return { name = "os2-script", section = 7, text = page:text() }
end

--- Returns all pages.
---@return os2.help.man.page[]
function M.pages()
  local pages = { main_page() }
  for _, name in ipairs(commands.own_names()) do pages[#pages + 1] = M.command(name) end
  pages[#pages + 1] = policy_page()
  pages[#pages + 1] = script_page()
  return pages
end

return M
