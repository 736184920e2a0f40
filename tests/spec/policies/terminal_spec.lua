--- What the terminal is told besides text.
local policy = require("os2.policy")

describe("terminal", function()
  local ROWS <const> = {
    { "links", { TERM_PROGRAM = "vscode" }, true }, { "links", { VTE_VERSION = "6800" }, true },
    { "links", { VTE_VERSION = "4000" }, false }, { "links", { TERM = "xterm-kitty" }, true },
    { "links", {}, false }, { "links", { TERM_PROGRAM = "vscode", TERM = "dumb" }, false },
    { "links", { TERM_PROGRAM = "vscode", NO_COLOR = "1" }, false },
    { "links", { TERM_PROGRAM = "vscode", CI = "true" }, false },
    { "progress", { WT_SESSION = "x" }, true }, { "progress", { ConEmuANSI = "ON" }, true },
    { "progress", { WT_SESSION = "x", TMUX = "x" }, false }, { "progress", { TERM = "xterm" }, false },
  }

  it("is told only what it is known to understand", function()
    for _, row in ipairs(ROWS) do
      local name = "terminal." .. row[1]
      assert.equal(row[3], policy.ask(name, { is_terminal = true, env = row[2] }), name)
      assert.is_false(policy.ask(name, { is_terminal = false, env = row[2] }))
    end
  end)
end)
