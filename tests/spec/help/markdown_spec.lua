--- Markdown that os2 writes: no line is wider than 100 columns, and no word becomes a mark.
local markdown = require("os2.help.markdown")

describe("os2.help.markdown", function()
  it("breaks an item at 100 columns and indents what follows", function()
    local item = markdown.item(("word "):rep(25))
    assert.equal("-" .. (" word"):rep(19) .. "\n " .. (" word"):rep(6), item)
    for line in item:gmatch("[^\n]+") do assert.is_true(#line <= 100, line) end
  end)

  it("counts columns, not bytes", function()
    assert.is_nil(markdown.item(("→ "):rep(49)):find("\n", 1, true))
    assert.is_truthy(markdown.item(("→ "):rep(50)):find("\n", 1, true))
  end)

  it("begins no line with a word that Markdown reads as a mark", function()
    local item = markdown.item(("x"):rep(97) .. " - 1. next")
    assert.equal("- " .. ("x"):rep(97) .. " - 1.\n  next", item)
  end)

  it("keeps a word that is too long whole", function()
    local long = ("x"):rep(120)
    assert.equal("- a\n  " .. long, markdown.item("a " .. long))
  end)

  it("marks what Markdown would read as emphasis or a tag", function()
    assert.equal("DAYTONA_\\*, \\<prefix>", markdown.plain("DAYTONA_*, <prefix>"))
  end)
end)
