--- The plan of --dry-run, and the refusal of --read-only, show no secret.
local command_line = require("os2.guard.command_line")
local proc = require("os2.proc")
local program = require("tests.lib.program")

describe("command_line", function()
  it("hides the values of secrets' names in words", function()
    for shown, argv in pairs{
      ["env TOKEN=*** A=b x"] = { "env", "TOKEN=a b", "A=b", "x" },
      ["x --password *** y"] = { "x", "--password", "abc", "y" },
      ["x --api-key=*** --name n"] = { "x", "--api-key=abc", "--name", "n" },
      ["curl -u me:*** -H Authorization: *** http://a"] = {
        "curl", "-u", "me:abc", "-H", "Authorization: Bearer abc", "http://a" },
      ["sh -c A=b x && TOKEN=*** y --token ***"] = {
        "sh", "-c", "A=b x && TOKEN='a b' y --token abc" },
    } do
      assert.equal(shown, command_line.of_argv(argv))
    end
  end)

  it("hides them in a line for a shell, and leaves the rest as it is", function()
    for text, shown in pairs{
      ["API_KEY='a b' x  -H \"Authorization: Bearer a\""] = "API_KEY=*** x  -H \"Authorization: ***\"",
      ["x --password 'a b' c"] = "x --password '***' c",
      ["sh -c 'sh -c \"TOKEN=a x\"'"] = "sh -c 'sh -c \"TOKEN=***\"'",
      [" echo 'it'\"s\"  'open"] = " echo 'it'\"s\"  'open",
      [""] = "",
    } do
      assert.equal(shown, command_line.of_shell(text))
    end
  end)
end)

describe("the plan", function()
  local function run(...)
    return proc.run({ program.path, "--isolated", ... }, { timeout = 30 })
  end

  it("shows no secret of a field in a field, of a program or of a line", function()
    local code = [[
      proc.run({ "env", "TOKEN=hush-1" }, { timeout = 5 })
      os.execute("TOKEN=hush-2 x")
      pcall(docker.api.container_create, { Image = "x", Labels = { apiKey = "hush-3" } })
    ]]
    local ran = run("--dry-run", "-e", code)
    assert.equal(0, ran.code, ran.stderr)
    assert.is_nil(ran.stdout:find("hush", 1, true), ran.stdout)
    assert.truthy(ran.stdout:find("1. proc.spawn env TOKEN=***\n", 1, true), ran.stdout)
    assert.truthy(ran.stdout:find("2. os.execute TOKEN=*** x\n", 1, true), ran.stdout)
    assert.truthy(ran.stdout:find('"apiKey":"***"', 1, true), ran.stdout)
    ran = run("--read-only", "-e", 'proc.run({ "env", "TOKEN=hush-4" }, { timeout = 5 })')
    assert.equal(7, ran.code)
    assert.matches("env TOKEN=%*%*%*: %-%-read%-only refuses", ran.stderr)
  end)
end)
