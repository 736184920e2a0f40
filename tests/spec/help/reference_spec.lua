--- What `os2 help` says, and the nearest names of a wrong one.
local env = require("os2.env")
local failure_of = require("tests.lib.failure_of")
local reference = require("os2.help.reference")
local proc = require("os2.proc")
local text = require("os2.help.text")

describe("help", function()
  local function says(name, ...)
    local found = text.of(reference.find(name))
    for _, words in ipairs{ ... } do
      assert.truthy(found:find(words, 1, true), ("%s in:\n%s"):format(words, found))
    end
  end

  it("tells of an operation and of the verb of its name", function()
    says("daytona.create_snapshot", "daytona.create_snapshot(fields)", "POST /snapshots", "write:snapshots",
      "name*", "integer", "CPU cores", "raises", "exists", 'example     daytona.api.create_snapshot{ name = "…" }')
    assert.is_nil(reference.find("daytona.api.remove_snapshot").verb)
  end)

  it("tells of the operation that a verb stands on", function()
    says("daytona.delete_snapshot", "daytona.delete_snapshot(id_or_name)", "DELETE /snapshots/{id}",
      "delete:snapshots", "daytona.api.remove_snapshot{ id =")
    says("docker.exec", "POST /containers/{id}/exec")
    for _, module in ipairs(reference.modules()) do
      for _, verb in ipairs(reference.module(module.module).verbs) do
        if verb.see then assert.is_truthy(reference.find(verb.see).operation, verb.see) end
      end
    end
  end)

  it("knows places, bodies, headers and pages", function()
    says("docker.api.image_push", "path    name*", "query   tag", "header  X-Registry-Auth*",
      'docker.api.image_push({ name = "…" }, { headers = { ["X-Registry-Auth"] = "…" } })')
    says("put_container_archive", "application/x-tar, as options.body", 'body = "…"')
    says("toolbox.upload_file", 'daytona.toolbox("my-sandbox").api.upload_file', 'filename = "…"')
    says("daytona.list_sandboxes", "for item in daytona.each.list_sandboxes{} do … end", '"asc"|"desc"')
    says("daytona.list_secrets", "deprecated")
  end)

  it("lists a module's verbs and operations", function()
    says("daytona", "snapshots", "push_access", "daytona.api.get_all_snapshots", "GET    /snapshots")
    says("toolbox", "toolbox.api.execute_command", "POST   /process/execute")
    says("clock", "parse_iso")
  end)

  it("has an entry of every operation", function()
    for _, name in ipairs(reference.apis()) do
      for _, operation in ipairs(reference.operations(name)) do
        assert.is_string(operation.raises)
        for _, field in ipairs(operation.fields) do
          assert.is_string(field.place, operation.name .. ": " .. field.name)
        end
        assert.is_string(text.of{ module = name, operation = operation })
      end
    end
  end)

  it("gives examples that are Lua", function()
    for _, name in ipairs(reference.apis()) do
      for _, operation in ipairs(reference.operations(name)) do
        local example = operation.example:gsub("{ … }", "{}")
        assert.is_truthy(load("return " .. example), example)
      end
    end
  end)

  it("names the nearest of a wrong name", function()
    for wrong, near in pairs{
      ["daytona.create_snapshots"] = "daytona.create_snapshot", ["dokcer"] = "docker",
      ["docker.image_lst"] = "docker.image_list", ["toolbox.execute_comand"] = "toolbox.execute_command",
    } do
      local failure = failure_of(reference.find, wrong)
      assert.same({ "not_found", "usage" }, { failure.kind, failure.exit })
      assert.truthy(failure.hint:find(near, 1, true), failure.hint)
    end
    assert.truthy(failure_of(reference.find, "qqqqqqqqq").hint:find("os2 help", 1, true))
  end)

  it("is a script", function()
    local os2 = env.get("OS2") or "build/os2"
    local ran = proc.run({ os2, "scripts/help.lua" }, { timeout = 30 })
    assert.equal(0, ran.code, ran.stderr)
    assert.truthy(ran.stdout:find("create_snapshot", 1, true))
    assert.equal(2, proc.run({ os2, "scripts/help.lua", "nosuch" }, { timeout = 30 }).code)
  end)
end)
