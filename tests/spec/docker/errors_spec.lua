--- The engine's words as error objects.
local err = require("os2.err")
local errors = require("os2.docker.errors")

local PLACE <const> = { kind = "unix", name = "unix:///x.sock" }

describe("os2.docker.errors.of_answer", function()
  local CASES <const> = {
    { 400, '{"message":"invalid reference format"}', "invalid", "invalid reference format" },
    { 400, "client version 1.10 is too old\r\nupgrade", "invalid",
      "client version 1.10 is too old upgrade" },
    { 404, '{"message":"No such image: x"}', "not_found", "No such image: x" },
    { 409, '{"message":"conflict: in use"}', "conflict", "conflict: in use" },
    { 500, '{"message":"unauthorized: authentication required"}', "denied",
      "unauthorized: authentication required" },
    { 500, '{"message":"write /x: no space left on device"}', "quota",
      "write /x: no space left on device" },
    { 500, '{"message":"oh no"}', "protocol", "oh no" },
    { 503, "", "unavailable", "the engine answered 503 without a word" },
  }

  for _, case in ipairs(CASES) do
    it(("takes %d %s for %s"):format(case[1], case[2], case[3]), function()
      local e = errors.of_answer("docker.x", { status = case[1], body = case[2] })
      assert.are.equal(case[3], e.kind)
      assert.are.equal(case[4], e.message)
      assert.are.equal(case[1], e.status)
    end)
  end
end)

describe("os2.docker.errors.of_build", function()
  it("leaves BuildKit's own prefixes out", function()
    local e = errors.of_build{
      message = "failed to solve with frontend dockerfile.v0: failed to create LLB definition: "
        .. "dockerfile parse error line 2: unknown instruction: RUNN",
    }
    assert.are.equal("dockerfile parse error line 2: unknown instruction: RUNN", e.message)
    assert.are.equal("invalid", e.kind)
  end)

  it("takes a step's exit code for the user's, whatever its words", function()
    local step = { name = "RUN curl", index = 2, total = 3 }
    local e = errors.of_build({ message = "denied: exit code: 22", code = 22 }, step, "last words")
    assert.are.equal("invalid", e.kind)
    assert.are.equal("step 2/3 (RUN curl) failed with exit code 22", e.message)
    assert.are.equal("last words", e.detail)
  end)

  it("knows a registry that refuses, and one that is not there", function()
    local step = { name = "[internal] load metadata for r.io/a:1" }
    local e = errors.of_build({ message = "failed to solve: r.io/a:1: 401 Unauthorized" }, step)
    assert.are.equal("denied", e.kind)
    assert.are.equal("load metadata for r.io/a:1: r.io/a:1: 401 Unauthorized", e.message)
    e = errors.of_build({ message = "dial tcp: lookup r.io: no such host" }, step)
    assert.are.equal("network", e.kind)
    assert.is_true(e.retryable)
  end)
end)

describe("os2.docker.errors.of_connection", function()
  local function make(kind)
    local e = err.new{ kind = kind, op = "http", message = "as curl says" }
    return errors.of_connection(e, PLACE, "docker.ping")
  end

  it("names the place and the way on", function()
    assert.are.equal("docker.ping: no Docker engine answers at unix:///x.sock; start the engine "
      .. "(systemctl start docker, or dockerd), or set DOCKER_HOST", tostring(make("unavailable")))
    assert.is_truthy(make("denied").message:find("may not use the Docker engine at unix:///x.sock"))
    assert.is_truthy(make("network").message:find("was lost: as curl says", 1, true))
    assert.are.equal("as curl says", make("timeout").message)
  end)
end)
