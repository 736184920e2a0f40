--- Operations on the real engine that the table alone makes: bytes as bodies, 304, what must be there.
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local json = require("os2.json")
local proc = require("os2.proc")
local tar = require("tests.lib.tar")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

describe("docker.api", function()
  local base, here, name

  setup(function() base = fixture.tool("base").BASE_IMAGE end)

  before_each(function()
    here = fixture.open()
    name = "os2-spec-api-" .. temporary.unique()
    docker.api.container_create{
      name = name, Image = base, Cmd = json.array{ "sleep", "60" }, Entrypoint = json.array(),
      HostConfig = { Init = true },
    }
  end)

  after_each(function()
    task.try(docker.api.container_delete, { id = name, force = true, v = true })
    here:close()
  end)

  it("takes what is so already for done", function()
    for _, status in ipairs{ 204, 304 } do
      local value, response = docker.api.container_start{ id = name }
      assert.same({ true, status }, { value, response.status })
    end
    for _, status in ipairs{ 204, 304 } do
      local _, response = docker.api.container_stop{ id = name, t = 1 }
      assert.equal(status, response.status)
    end
    assert.equal("conflict", fixture.raised(docker.api.container_kill, { id = name }).kind)
  end)

  it("sends and gets bytes", function()
    temporary.write(here.directory .. "/hello", "hello\n")
    local packed = proc.run({ "tar", "-cC", here.directory, "hello" }, { timeout = 10 }).stdout
    docker.api.put_container_archive({ id = name, path = "/tmp" }, { body = packed })
    local members = tar.members((docker.api.container_archive{ id = name, path = "/tmp/hello" }))
    assert.same({ "hello", "hello\n" }, { members[1].path, members[1].content })
    local _, response = docker.api.container_archive_info{ id = name, path = "/tmp/hello" }
    assert.is_string(response.headers["x-docker-container-path-stat"])
    assert.equal("not_found", fixture.raised(docker.api.container_archive_info, { id = name, path = "/no" }).kind)
  end)
end)
