--- The environment: empty is unset, secrets are not copied.
local program = require("tests.lib.program")

local function eval(chunk, variables)
  local ran = program.eval(chunk, { env = variables })
  assert.equal(0, ran.code, ran.stderr)
  return ran.stdout
end

describe("os2.env", function()
  it("gets a variable; empty is unset", function()
    local chunk = 'io.write(tostring(env.get("OS2_A")), tostring(env.get("OS2_B")), tostring(env.get("OS2_C")))'
    assert.equal("xnilnil", eval(chunk, { OS2_A = "x", OS2_B = "", OS2_C = false }))
  end)

  it("sets a variable, for itself, for policies and for programs that it starts", function()
    local chunk = [[
      policy.define("x.a", { doc = "x", returns = { type = "string" },
        default = function(facts) return facts.env.OS2_A end })
      io.write((policy.ask("x.a")))
      env.set("OS2_A", "new=\n")
      local child = proc.run({ "sh", "-c", 'printf %s "$OS2_A"' }, { timeout = 10 }).stdout
      io.write(env.get("OS2_A"), (policy.ask("x.a")), child)]]
    assert.equal("old" .. ("new=\n"):rep(3), eval(chunk, { OS2_A = "old" }))
  end)

  it("refuses a name that no variable can have, and zero bytes", function()
    for _, name in ipairs{ "", "A=B", "A\0B" } do
      local ran = program.eval(('env.set("%s", "x")'):format(name:gsub("\0", "\\0")))
      assert.is_not.equal(0, ran.code, name)
    end
    assert.is_not.equal(0, program.eval('env.set("A", "x\\0y")').code)
  end)

  it("copies all but what its name calls a secret", function()
    local variables = {
      DAYTONA_API_KEY = "hunter2", GH_TOKEN = "hunter2", npm_config_token = "hunter2",
      A_SECRET = "hunter2", DB_PASSWORD = "hunter2", SSH_PASSPHRASE = "hunter2",
      DOCKER_AUTH_CONFIG = "hunter2", AWS_CREDENTIALS = "hunter2",
    }
    variables.OS2_PLAIN = "a=b\nc"
    local chunk = [[
      local all = env.all()
      for name, value in pairs(all) do assert(value ~= "hunter2", name) end
      io.write(all.OS2_PLAIN)]]
    assert.equal("a=b\nc", eval(chunk, variables))
  end)
end)
