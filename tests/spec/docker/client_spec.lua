--- What goes with each request to the engine.
local client = require("os2.docker.client")
local docker = require("os2.docker")
local fixture = require("tests.lib.docker_fixture")
local http = require("host.http")
local json = require("os2.json")
local native = require("host.docker")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

describe("os2.docker.client", function()
  local here, sent
  local request, start, build = http.request, http.start, native.build

  -- Keeps the headers of what is sent by a function of the host.
  local function watched(fn)
    return function(options)
      sent[#sent + 1] = options.headers
      sent[#sent + 1] = options.session_headers
      return fn(options)
    end
  end

  before_each(function()
    here, sent = fixture.open(), {}
    here.variables.DOCKER_CONFIG = here.directory .. "/config"
    http.request, http.start, native.build = watched(request), watched(start), watched(build)
  end)

  after_each(function()
    http.request, http.start, native.build = request, start, build
    here:close()
  end)

  local function configure(headers)
    temporary.write(here.variables.DOCKER_CONFIG .. "/config.json", json.encode{ HttpHeaders = headers })
    client.forget()
  end

  local function count(header)
    local found = 0
    for _, headers in ipairs(sent) do
      for _, one in ipairs(headers) do found = found + (one == header and 1 or 0) end
    end
    return found
  end

  it("sends the headers of Docker's config with each request, also of builds and sessions", function()
    configure{ ["X-Spec"] = "1", ["User-Agent"] = "x", ["Content-Type"] = "x/y" }
    docker.images()
    local id = fixture.build{ context = here:context{ Dockerfile = "FROM scratch\nCOPY Dockerfile /\n" } }
    task.try(docker.untag, id)
    id = fixture.build{ builder = "1", context = here:context{ Dockerfile = "FROM scratch\nCOPY Dockerfile /\n" } }
    task.try(docker.untag, id)
    task.try(function()
      local stream <close> = docker.pull{ ref = "127.0.0.1:1/nobody:1" }
      return stream:result()
    end)
    assert.is_true(#sent >= 5)
    assert.equal(#sent, count("X-Spec: 1"))
    assert.equal(0, count("User-Agent: x"))
    assert.equal(1, count("Content-Type: application/x-tar"))
  end)

  it("stops before anything is sent where one is no header", function()
    configure{ ["X Spec"] = "1" }
    assert.equal("config", fixture.raised(docker.images).exit)
    assert.same({}, sent)
  end)
end)
