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
