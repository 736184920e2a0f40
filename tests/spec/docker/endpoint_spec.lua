--- Where the engine is: what goes before what, and what each way of writing it means.
local config = require("os2.docker.config")
local endpoint = require("os2.docker.endpoint")
local env = require("os2.env")
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local hash = require("os2.hash")
local host = require("os2.docker.host")
local json = require("os2.json")
local options = require("os2.run.options")
local temporary = require("tests.lib.temporary")

local get, exists = env.get, fs.exists

describe("os2.docker.host", function()
  local function parse(text, tls)
    return host.parse(text, "DOCKER_HOST", { tls = tls, connect_timeout = 9.5 })
  end

  it("knows every way of writing an engine's place", function()
    local ca = { ca_file = "/ca.pem" }
    for _, case in ipairs{
      { "unix:///x.sock", nil, "unix", "http://docker", { unix_socket = "/x.sock" } },
      { "tcp://h:99", nil, "tcp", "http://h:99", {} },
      { "tcp://h", nil, "tcp", "http://h:2375", {} },
      { "tcp://", nil, "tcp", "http://localhost:2375", { direct = true } },
      { ":99", nil, "tcp", "http://localhost:99", { direct = true } },
      { "tcp://127.0.1.1", nil, "tcp", "http://127.0.1.1:2375", { direct = true } },
      { "10.0.0.1:99", nil, "tcp", "http://10.0.0.1:99", {} },
      { "tcp://[::1]:99", nil, "tcp", "http://[::1]:99", { direct = true } },
      { "tcp://h:99/base/", nil, "tcp", "http://h:99/base", {} },
      { "tcp://h", ca, "tls", "https://h:2376", ca },
    } do
      local place = parse(case[1], case[2])
      assert.same({ case[3], case[4], case[5] }, { place.kind, place.url, place.route })
      assert.equal(case[1], place.name)
    end
  end)

  it("gives ssh a list of words, never a shell's line", function()
    for text, words in pairs{
      ["ssh://far"] = "-- far docker system dial-stdio",
      ["ssh://me@far:22"] = "-l me -p 22 -- far docker system dial-stdio",
      ["ssh://me@[::1]:22/"] = "-l me -p 22 -- ::1 docker system dial-stdio",
      ["ssh://-oProxyCommand=x"] = "-- -oProxyCommand=x docker system dial-stdio",
      ["ssh://far/run/d.sock"] = "-- far docker --host unix:///run/d.sock system dial-stdio",
      ["ssh://far/a'b c"] = "-- far docker --host 'unix:///a'\\''b c' system dial-stdio",
    } do
      local place = parse(text)
      assert.equal("ssh -o ConnectTimeout=10 -T " .. words, table.concat(place.route.command, " "))
      assert.equal("ssh", place.kind)
    end
  end)

  it("refuses what it does not know, without a password", function()
    for _, text in ipairs{
      "fd://", "http://h", "npipe:////./pipe/x", "unix://", "unix://x", "tcp://h:0", "tcp://h:x",
      "tcp://h:65536", "tcp://me@h", "tcp://h?x", "tcp://a b", "ssh://", "ssh://@h", "ssh://h?x",
      "tcp://[::1", "ssh://h:22:22",
    } do
      local failure = failure_of(parse, text)
      assert.equal("config", failure.exit)
      assert.matches("DOCKER_HOST is " .. text, failure.message, 1, true)
      assert.matches("unix:///path/to/docker.sock", failure.hint, 1, true)
    end
    assert.is_nil(tostring(failure_of(parse, "ssh://me:hidden@h")):find("hidden", 1, true))
    assert.is_nil(tostring(failure_of(parse, "tcp://me:hidden@h")):find("hidden", 1, true))
  end)
end)

describe("os2.docker.endpoint", function()
  local directory

  before_each(function() directory = temporary.directory() end)

  after_each(function()
    temporary.remove(directory)
    env.get, fs.exists, options.docker_context = get, exists, nil
  end)

  -- A context as `docker context create` leaves it.
  local function add_context(name, described, files)
    local id = hash.sha256(name)
    temporary.write(("%s/contexts/meta/%s/meta.json"):format(directory, id),
      json.encode{ Name = name, Metadata = {}, Endpoints = { docker = described } })
    for _, file in ipairs(files or {}) do
      temporary.write(("%s/contexts/tls/%s/docker/%s.pem"):format(directory, id, file), "x")
    end
    return ("%s/contexts/tls/%s/docker/"):format(directory, id)
  end

  -- The environment as the test has it, and nothing else.
  local function find(variables, settings)
    variables.DOCKER_CONFIG = variables.DOCKER_CONFIG or directory
    env.get = function(name) return variables[name] end
    if settings then temporary.write(directory .. "/config.json", json.encode(settings)) end
    return endpoint.find(config.load())
  end

  local function name_of(...) return find(...).name end

  -- Only these sockets are there.
  local function with_sockets(...)
    local there = {}
    for _, path in ipairs{ ... } do there[path] = true end
    fs.exists = function(path)
      if path:find("%.sock$") then return there[path] or false end
      return exists(path)
    end
  end

  it("takes what the Docker command takes first", function()
    with_sockets()
    add_context("one", { Host = "tcp://one:1" })
    add_context("two", { Host = "tcp://two:1" })
    add_context("three", { Host = "tcp://three:1" })
    local settings = { currentContext = "three" }
    local all = { DOCKER_HOST = "tcp://host:1", DOCKER_CONTEXT = "two" }
    options.docker_context = "one"
    assert.equal("tcp://one:1", name_of(all, settings))
    options.docker_context = "default"
    assert.equal("tcp://host:1", name_of(all, settings))
    options.docker_context = nil
    assert.equal("tcp://host:1", name_of(all, settings))
    assert.equal("tcp://two:1", name_of({ DOCKER_CONTEXT = "two" }, settings))
    assert.equal("tcp://three:1", name_of({}, settings))
    assert.equal("unix:///var/run/docker.sock", name_of({ DOCKER_CONTEXT = "default" }, settings))
    assert.equal("unix:///var/run/docker.sock", name_of({}, {}))
  end)

  it("looks for sockets: the system's, the user's, Podman's", function()
    local variables = { XDG_RUNTIME_DIR = "/run/user/1" }
    local order = {
      "/var/run/docker.sock", "/run/user/1/docker.sock", "/run/user/1/podman/podman.sock",
      "/run/podman/podman.sock",
    }
    while #order > 0 do
      with_sockets(table.unpack(order))
      assert.equal("unix://" .. table.remove(order, 1), name_of(variables))
    end
    with_sockets()
    assert.equal("unix:///var/run/docker.sock", name_of(variables))
    with_sockets("/run/user/1/docker.sock")
    assert.equal("unix:///var/run/docker.sock", name_of{})
  end)

  it("takes a context's certificates, and whether they are looked at", function()
    local root = add_context("safe", { Host = "tcp://far:1" }, { "ca", "cert", "key" })
    local place = find{ DOCKER_CONTEXT = "safe" }
    assert.equal("https://far:1", place.url)
    assert.same({
      ca_file = root .. "ca.pem", cert_file = root .. "cert.pem", key_file = root .. "key.pem",
    }, place.route)
    add_context("unsafe", { Host = "tcp://far:1", SkipTLSVerify = true })
    assert.same({ unverified = true }, find{ DOCKER_CONTEXT = "unsafe" }.route)
    add_context("public", { Host = "tcp://far:1" }, { "cert", "key" })
    assert.equal("/all.pem",
      find{ DOCKER_CONTEXT = "public", SSL_CERT_FILE = "/all.pem" }.route.ca_file)
    add_context("plain", { Host = "tcp://far:1", SkipTLSVerify = false })
    assert.equal("http://far:1", find{ DOCKER_CONTEXT = "plain" }.url)
    add_context("here", { Host = "" })
    assert.equal("unix", find{ DOCKER_CONTEXT = "here" }.kind)
  end)

  it("says which context is missing, who named it, and which is near", function()
    add_context("staging", { Host = "tcp://far:1" })
    local failure = failure_of(find, { DOCKER_CONTEXT = "stagin" })
    assert.equal("config", failure.exit)
    assert.equal(("DOCKER_CONTEXT names the Docker context stagin, and there is none in %s"):format(
      directory), failure.message)
    assert.equal("did you mean staging?", failure.hint)
    failure = failure_of(find, {}, { currentContext = "elsewhere" })
    assert.matches("currentContext in Docker's config.json names the Docker context elsewhere",
      failure.message, 1, true)
    assert.equal("there are default, staging", failure.hint)
    temporary.write(("%s/contexts/meta/%s/meta.json"):format(directory, hash.sha256("k8s")),
      '{"Name":"k8s","Endpoints":{"kubernetes":{}}}')
    assert.matches("has no endpoint for Docker", failure_of(find, { DOCKER_CONTEXT = "k8s" }).message,
      1, true)
  end)

  it("takes TLS from the variables", function()
    local variables = { DOCKER_HOST = "tcp://far:1", DOCKER_TLS_VERIFY = "1" }
    local failure = failure_of(find, variables)
    assert.equal("config", failure.exit)
    assert.matches(directory .. ", and there is no ca.pem", failure.message, 1, true)
    temporary.write(directory .. "/ca.pem", "x")
    assert.same({ ca_file = directory .. "/ca.pem" }, find(variables).route)
    temporary.write(directory .. "/certs/cert.pem", "x")
    variables = { DOCKER_TLS = "1", DOCKER_CERT_PATH = directory .. "/certs" }
    assert.matches("one is missing", failure_of(find, variables).message, 1, true)
    temporary.write(directory .. "/certs/key.pem", "x")
    local place = find(variables)
    assert.equal("https://localhost:2376", place.url)
    assert.same({
      cert_file = directory .. "/certs/cert.pem", key_file = directory .. "/certs/key.pem",
      unverified = true, direct = true,
    }, place.route)
  end)
end)
