--- docs/for-docker-people.md: each command that it names is there, with its options.
local commands = require("os2.help.commands")
local fs = require("os2.fs")

describe("the guide for people who know docker", function()
  -- {words, options} of each `os2 …` in the page.
  local function named()
    local list = {}
    for line in fs.read("docs/for-docker-people.md"):gmatch("`os2 (%l[^`]*)`") do
      local own, words, options = line:gsub(" %-%- .*", ""), {}, {}
      for word in own:gmatch("%S+") do
        if word:match("^%[?%-%-") then options[#options + 1] = word:match("%-%-[%w-]+") end
        if #options == 0 and word:match("^%l+$") and #words < 2 then words[#words + 1] = word end
      end
      list[#list + 1] = { line = line, words = words, options = options }
    end
    return list
  end

  it("names commands and options that there are", function()
    local list = named()
    assert.is_true(#list > 40, #list)
    for _, row in ipairs(list) do
      local command = commands.find(row.words[1])
      assert.is_truthy(command, row.line)
      local action = commands.actions(command)[1] and row.words[2] or nil
      local text = commands.help(command, action)
      assert.is_truthy(text, row.line)
      for _, option in ipairs(row.options) do
        assert.truthy(text:find(option, 1, true), ("%s: %s"):format(row.line, option))
      end
    end
  end)
end)
