--- The action and the workflows that docs/ci.md has: their YAML is read by a YAML library, their
--- scripts by shellcheck, and the action's steps run as the runner would run them.
local fs = require("os2.fs")
local json = require("os2.json")
local lfs = require("lfs")
local proc = require("os2.proc")
local runner = require("tests.lib.github_runner")
local temporary = require("tests.lib.temporary")

local ACTION <const> = "packaging/setup/action.yml"
local READ <const> = 'const yaml = require("./tests/daytona/node_modules/js-yaml"); let t = ""\n'
  .. 'process.stdin.on("data", (d) => (t += d)).on("end", () => console.log(JSON.stringify(yaml.load(t))))'

local function read_yaml(text)
  local ran = proc.run({ "node", "-e", READ }, { timeout = 240, input = text })
  assert.equal(0, ran.code, ran.stderr)
  return json.decode(ran.stdout)
end

local function shellcheck(script, shell)
  local ran = proc.run({ "shellcheck", "-s", shell or "bash", "-e", "SC1091", "-" }, { timeout = 240, input = script })
  assert.equal(0, ran.code, ran.stdout)
end

-- The blocks of YAML of the document, in their order.
local function blocks()
  local found = {}
  for text in fs.read("docs/ci.md"):gmatch("\n```yaml\n(.-\n)```") do found[#found + 1] = read_yaml(text) end
  return found
end

describe("packaging/setup", function()
  local action, directory

  setup(function() action = read_yaml(fs.read(ACTION)) end)
  before_each(function()
    directory = temporary.directory()
    lfs.mkdir(directory .. "/work")
    for _, path in ipairs{ "host/a.c", "lua/a.lua", "scripts/a.lua", "tools/a.lua", "vendor/a.md", "CMakeLists.txt",
      "CMakePresets.json", "packaging/setup/action.yml" } do
      temporary.write(directory .. "/os2/" .. path, "of " .. path)
    end
    -- stands for the build: what it leaves prints what it was given
    temporary.write(directory .. "/os2/bootstrap", '#!/bin/sh\nmkdir -p "${0%/*}/build"\n'
      .. 'printf \'#!/bin/sh\\nfor w in "$@"; do echo "[$w]"; done; echo "token $DOPPLER_TOKEN"\\n\' '
      .. '>"${0%/*}/build/os2"\nchmod +x "${0%/*}/build/os2"\n')
    proc.run({ "chmod", "+x", directory .. "/os2/bootstrap" }, { timeout = 60 })
  end)
  after_each(function() temporary.remove(directory) end)

  -- Runs a step of the action and returns how it ended and its outputs.
  local function step(index, variables)
    local output = directory .. "/output"
    fs.write_atomic(output, "")
    local all = { GITHUB_OUTPUT = output, GITHUB_PATH = directory .. "/path",
      GITHUB_ACTION_PATH = directory .. "/os2/packaging/setup", DOPPLER_TOKEN = false }
    for name, value in pairs(variables or {}) do all[name] = value end
    local ran = proc.run({ "bash", "-e", "-o", "pipefail", "-c", action.runs.steps[index].run },
      { timeout = 240, env = all, cwd = directory .. "/work" })
    return ran, runner.outputs(fs.read(output))
  end

  it("is an action whose steps are complete", function()
    assert.equal("composite", action.runs.using)
    for _, found in ipairs(action.runs.steps) do
      assert.is_true(found.uses ~= nil or found.run ~= nil and found.shell == "bash")
      -- an input in a script would be run as a part of it
      if found.run then assert.is_nil(found.run:find("${{", 1, true)) end
      if found.run then shellcheck(found.run) end
    end
    for _, output in ipairs{ "name", "id", "digest", "reused" } do
      assert.equal(("${{ steps.run.outputs.%s }}"):format(output), action.outputs[output].value)
    end
  end)

  it("names the cache by the sources alone, and makes their times alike", function()
    local ran, first = step(1)
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(fs.realpath(directory .. "/os2"), first.root)
    assert.matches("^os2%-%l+%-[%d.]+%-%g+%-%x+$", first.key)
    local function changed_at(path) return fs.stat(directory .. path).modification end
    assert.equal(changed_at("/os2/host/a.c"), changed_at("/os2/bootstrap"))
    temporary.write(directory .. "/os2/build/os2", "built")
    temporary.write(directory .. "/os2/README.md", "docs")
    local _, second = step(1)
    assert.equal(first.key, second.key)
    temporary.write(directory .. "/os2/host/a.c", "changed")
    local _, third = step(1)
    assert.is_not.equal(first.key, third.key)
  end)

  it("builds, and runs the command with its words as they are", function()
    local root = directory .. "/os2"
    local ran = step(3, { OS2_ROOT = root })
    assert.equal(0, ran.code, ran.stderr)
    assert.equal(root .. "/build\n", fs.read(directory .. "/path"))
    ran = step(4, {
      OS2 = root .. "/build/os2", OS2_ENVIRONMENT = "dev", OS2_DOPPLER_TOKEN = "dp.st.x",
      OS2_COMMAND = "snapshot\n--label\na b=$(id) `id` * ;\n\n--if-changed\n",
    })
    assert.equal(0, ran.code, ran.stderr)
    assert.equal("[snapshot]\n[--label]\n[a b=$(id) `id` * ;]\n[--if-changed]\n[--environment]\n[dev]\n"
      .. "token dp.st.x\n", ran.stdout)
    ran = step(4, { OS2 = "/nowhere", OS2_COMMAND = "", OS2_ENVIRONMENT = "", OS2_DOPPLER_TOKEN = "" })
    assert.equal(0, ran.code, ran.stderr)
    ran = step(4, { OS2 = "/bin/false", OS2_COMMAND = "x", OS2_ENVIRONMENT = "", OS2_DOPPLER_TOKEN = "" })
    assert.equal(1, ran.code)
  end)

  it("is what the workflow of the document uses, which runs one at a time", function()
    local workflow = blocks()[1]
    assert.equal(false, workflow.concurrency["cancel-in-progress"])
    assert.is_string(workflow.concurrency.group)
    local uses
    for _, found in ipairs(workflow.jobs.snapshot.steps) do
      if found.run then shellcheck(found.run) end
      if found.uses == "./packaging/setup" then uses = found end
    end
    for name in pairs(uses.with) do assert.is_table(action.inputs[name], name) end
    assert.is_truthy(uses.with.command:find("--if-changed", 1, true))
    for name in json.encode(workflow):gmatch("steps%.os2%.outputs%.(%w+)") do
      assert.is_table(action.outputs[name], name)
    end
  end)

  it("has a snippet for GitLab, whose scripts are right", function()
    local job = blocks()[2].snapshot
    assert.is_string(job.resource_group)
    for _, key in ipairs{ "before_script", "script" } do shellcheck(table.concat(job[key], "\n") .. "\n", "sh") end
    assert.is_truthy(table.concat(job.script, "\n"):find("--if-changed", 1, true))
  end)
end)
