--- How the mode of the progress display is chosen.
local env = require("os2.env")
local err = require("os2.err")
local fs = require("os2.fs")
local mode = require("os2.report.progress.mode")
local options = require("os2.run.options")
local progress = require("os2.report.progress")

describe("os2.report.progress.mode", function()
  local get, is_terminal = env.get, fs.is_terminal
  local variables, stderr_is_terminal

  before_each(function()
    variables, stderr_is_terminal = {}, false
    env.get = function(name) return variables[name] end
    fs.is_terminal = function() return stderr_is_terminal end
  end)
  after_each(function() env.get, fs.is_terminal, options.progress = get, is_terminal, nil end)

  it("is that of the terminal by default", function()
    assert.equal("lines", mode.choose())
    variables.OS2_PROGRESS = "auto"
    assert.equal("lines", mode.choose())
    stderr_is_terminal = true
    assert.equal("tty", mode.choose())
    variables.TERM = "dumb"
    assert.equal("lines", mode.choose())
  end)

  it("is the option's, or else the variable's", function()
    variables.OS2_PROGRESS = "plain"
    assert.equal("plain", mode.choose())
    progress.set_mode("tty")
    assert.equal("tty", mode.choose())
    assert.is_false(mode.is_json())
    progress.set_mode("json")
    assert.is_true(mode.is_json())
  end)

  local function refused(run)
    local ok, failure = pcall(run)
    assert.is_false(ok)
    assert.equal("invalid", failure.kind)
    return failure
  end

  it("refuses another word, and names it and where it comes from", function()
    local failure = refused(function() progress.set_mode("loud") end)
    assert.equal(2, err.exit_code(failure))
    assert.matches("--progress is 'loud'", failure.message, 1, true)
    assert.is_nil(options.progress)
    variables.OS2_PROGRESS = "jsno"
    failure = refused(mode.choose)
    assert.equal(3, err.exit_code(failure))
    assert.matches("OS2_PROGRESS is 'jsno'", failure.message, 1, true)
    assert.matches("json", failure.hint, 1, true)
  end)
end)
