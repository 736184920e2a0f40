--- The formats of GitHub Actions, read again by the runner's own rules (tests/lib/github_runner.lua).
local runner = require("tests.lib.github_runner")
local workflow = require("os2.ci.workflow")

local HOSTILE <const> = {
  "plain", "100%", "a%0Ab", "%25", "a\nb", "a\r\nb", "::error::x", "a::b", "a,b=c:d", "]", "##[x]",
  "", " ", "EOF", "a<<b", "name=x\nid=y", "\195\164", "a\n\nb\n",
}

describe("os2.ci.workflow", function()
  it("writes commands that the runner reads as they were meant", function()
    for _, text in ipairs(HOSTILE) do
      for _, file in ipairs(HOSTILE) do
        local line = workflow.command("error", text, { file = file, line = 7, title = text })
        assert.is_nil(line:sub(1, -2):find("[\r\n]"))
        local command = assert(runner.command(line:sub(1, -2)), line)
        assert.equal("error", command.name)
        assert.equal(text, command.text)
        assert.equal("7", command.parameters.line)
        assert.equal(file ~= "" and file or nil, command.parameters.file)
      end
    end
  end)

  it("writes outputs that the runner reads as they were meant", function()
    local whole = ""
    for index, text in ipairs(HOSTILE) do whole = whole .. workflow.output("n" .. index, text) end
    local read = runner.outputs(whole)
    for index, text in ipairs(HOSTILE) do assert.equal(text, read["n" .. index]) end
    assert.is_not.equal(workflow.output("x", "a\nb"), workflow.output("x", "a\nb"))
  end)

  it("leaves no command in what others write, and no other line changed", function()
    local commands = {
      "::error::x", "  ::add-mask::x", "\t::set-output name=x::y", "::stop-commands::x",
      "##[add-mask]x", "before ##[error]x", "{\"a\":\"##[add-mask]\"}", "\194\160::error::x",
      "\194\173::error::x", "\226\128\139:\226\128\139:error::x", "#\194\173#[add-mask]x",
      "\227\128\128::debug::x", "ok\r::error::x", "  build      ##[group]x", "::::error::x",
    }
    for _, line in ipairs(commands) do
      for _, is_json in ipairs{ false, true } do
        local defused = workflow.defused("first\n" .. line .. "\nlast\n", is_json)
        for part in defused:gmatch("[^\r\n]+") do assert.is_nil(runner.command(part), part) end
        assert.equal("first\n", defused:sub(1, 6))
      end
    end
    for _, line in ipairs{ "a ::error::x", "std::vector", "#[derive]", "# [x]", ":", "std::a\n" } do
      assert.equal(line, workflow.defused(line))
    end
  end)

  it("keeps the meaning of JSON", function()
    local json = require("os2.json")
    local encoded = json.encode{ text = "##[add-mask]x and ###[[" }
    assert.same(json.decode(encoded), json.decode(workflow.defused(encoded, true)))
  end)
end)
