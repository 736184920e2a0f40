--- A line of the engine's answer that cannot be decoded fails the build or the push, as the Docker
--- command has it, and is never passed over.
local answer_lines = require("os2.docker.answer_lines")
local fixture = require("tests.lib.docker_fixture")
local proc = require("os2.proc")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

local ID <const> = "sha256:" .. ("a"):rep(64)
local BUILT <const> = '{"stream":"Step 1/1 : FROM scratch"}\n{"aux":{"ID":"' .. ID .. '"}}\n'
local PUSHED <const> = '{"aux":{"Tag":"1","Digest":"' .. ID .. '","Size":7}}\n'
local REFUSED <const> = '{"errorDetail":{"message":"no such thing"},"error":"no such thing"}\n'

describe("os2.docker.answer_lines", function()
  local lines

  before_each(function() lines = answer_lines.new("docker.build") end)

  it("gives objects, and nothing for a blank line and null", function()
    assert.same({ stream = "x" }, lines:decode('{"stream":"x"}'))
    for _, text in ipairs{ "", " \r", "null" } do assert.is_nil(lines:decode(text)) end
    assert.is_nil(lines:last_fault())
  end)

  for _, text in ipairs{ "<html>no</html>", "7", '"text"', "[1]", "{}{}", '{"a":', "\xff" } do
    it(("tells of %q with its number, and raises at the next line"):format(text), function()
      lines:decode("{}")
      assert.is_nil(lines:decode(text))
      local failure = lines:last_fault()
      assert.same({ "protocol", "docker.build" }, { failure.kind, failure.op })
      assert.matches("^line 2 of the engine's answer is no JSON object", failure.message)
      local ok, raised = pcall(lines.decode, lines, "{}")
      assert.is_false(ok)
      assert.equal(failure, raised)
    end)
  end
end)

describe("an engine's answer", function()
  local directory

  before_each(function()
    directory = temporary.directory()
    temporary.write(directory .. "/context/Dockerfile", "FROM scratch\n")
  end)

  after_each(function() temporary.remove(directory) end)

  -- Returns the address of an engine that answers builds and pushes so, and what keeps it open.
  local function engine(answer, cut)
    local socket, file = directory .. "/engine.sock", directory .. "/answer"
    temporary.write(file, answer)
    local server = proc.spawn({
      "node", "tests/lib/answering-engine.js", socket, fixture.socket(), file, cut,
    }, { stdin = "null", stderr = "inherit", timeout = 60 })
    assert.truthy(server().data:find("LISTENING", 1, true))
    return { DOCKER_HOST = "unix://" .. socket, DOCKER_BUILDKIT = "0" }, server
  end

  local BUILD <const> = "print(docker.build{ context = docker.context{ path = ... }, builder = '1' }:result().id)"
  local PUSH <const> = "print(docker.push{ ref = ... }:result().digest)"

  local function os2_build(env)
    return program.eval(BUILD, { env = env }, { directory .. "/context" })
  end

  local function os2_push(env)
    return program.eval(PUSH, { env = env }, { "localhost:5/os2-none:1" })
  end

  local function docker(env, ...)
    return proc.run({ "docker", ... }, { timeout = 30, env = env }).code
  end

  local function docker_build(env) return docker(env, "build", directory .. "/context") end
  local function docker_push(env) return docker(env, "push", "localhost:5/os2-none:1") end

  local cases = {
    ["is taken whole"] = { "", 0, "^$" },
    ["may have blank lines"] = { "\n \n", 0, "^$" },
    ["with a line that is no JSON"] = { "<html>\n", 1, "line %d of the engine's answer is no JSON object" },
    ["with a line of another value"] = { "7\n", 1, "line %d of the engine's answer is no JSON object" },
    ["whose last line is cut"] = { '{"stream":', 1, "line %d of the engine's answer is no JSON object" },
  }
  for name, case in pairs(cases) do
    local added, code, says = table.unpack(case)
    it(name .. ", of a build, fails or not as the Docker command does", function()
      local env, _ <close> = engine(BUILT .. added)
      local ran = os2_build(env)
      assert.equal(code, ran.code, ran.stderr)
      assert.matches(says:gsub("%%d", "3"), ran.stderr)
      assert.equal(code == 0 and ID .. "\n" or "", ran.stdout)
      assert.equal(code, docker_build(env))
    end)

    it(name .. ", of a push, fails or not as the Docker command does", function()
      local env, _ <close> = engine(PUSHED .. added)
      local ran = os2_push(env)
      assert.equal(code, ran.code, ran.stderr)
      assert.matches(says:gsub("%%d", "2"), ran.stderr)
      assert.equal(code, docker_push(env))
    end)
  end

  it("that is broken before its end fails although more lines follow", function()
    local env, _ <close> = engine("<html>\n" .. BUILT)
    local ran = os2_build(env)
    assert.equal(1, ran.code)
    assert.matches("line 1 of the engine's answer .*: <html>", ran.stderr)
  end)

  it("tells the engine's own failure before what is wrong with a later line", function()
    local env, _ <close> = engine(REFUSED .. "{")
    assert.matches("no such thing", os2_build(env).stderr)
    assert.matches("no such thing", os2_push(env).stderr)
  end)

  it("that is cut with its connection is told as that", function()
    local env, _ <close> = engine(BUILT .. '{"stream":', "CUT")
    local ran = os2_build(env)
    assert.equal(75, ran.code, ran.stderr)
    assert.is_nil(ran.stderr:find("JSON", 1, true), ran.stderr)
  end)
end)
