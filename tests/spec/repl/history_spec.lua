--- The history of the session keeps no statement with a secret.
local history = require("os2.repl.history")
local state = require("os2.store.state")
local temporary = require("tests.lib.temporary")

describe("the history", function()
  local directory, before

  before_each(function()
    directory, before = temporary.directory(), state.directory
    state.directory = function() return directory .. "/os2" end
  end)
  after_each(function()
    state.directory = before
    temporary.remove(directory)
  end)

  it("keeps no statement that has a text beside a secret's name", function()
    for _, text in ipairs{
      'env.set("GITHUB_TOKEN","ghp_1")', 'env.conceal("hush")', "token = ('abc')", "apiKey = [[abc]]",
      'http.request{ url = "http://a", headers={authorization="Bearer x"} }', 'headers["x-api-key"] = "a"',
      'local api_key, y = "abc", 2', 'proc.run{"env","TOKEN=abc"}', 'env.get("API_TOKEN", "abc")',
      'proc.run{"curl", "--password", "abc"}', 'env.get("API_TOKEN") token = "abc"',
    } do
      history.keep(text)
      assert.same({}, history.load(), text)
    end
  end)

  it("keeps what only names one, and everything else", function()
    local texts = {
      'env.get("API_TOKEN")', 'os.getenv "API_TOKEN"', "token = env.get('API_TOKEN')", "password = ask()",
      'x = "y"', "#env.get(\"API_TOKEN\")",
    }
    for _, text in ipairs(texts) do history.keep(text) end
    assert.same(texts, history.load())
  end)
end)
