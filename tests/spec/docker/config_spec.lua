--- Docker's own configuration: credentials in all their forms.
local config = require("os2.docker.config")
local env = require("os2.env")
local fs = require("os2.fs")
local err = require("os2.err")
local json = require("os2.json")
local native = require("host.docker")
local proc = require("os2.proc")
local progress = require("os2.report.progress")
local secrets = require("os2.text.secrets")
local temporary = require("tests.lib.temporary")

local get, run = env.get, proc.run
local SECRET <const> = "s3cr3t-of-the-spec"

local function base64(text)
  return (native.base64_url(text):gsub("-", "+"):gsub("_", "/"))
end

-- The environment as the test has it, and nothing else.
local function with_environment(variables)
  env.get = function(name) return variables[name] end
end

local function raised(fn, ...)
  local ok, failure = pcall(fn, ...)
  assert.is_false(ok)
  assert.is_true(err.is(failure), tostring(failure))
  return failure
end

describe("os2.docker.config", function()
  local directory

  before_each(function() directory = temporary.directory() end)

  after_each(function()
    temporary.remove(directory)
    env.get = get
  end)

  local function load(text, variables)
    if text then temporary.write(directory .. "/config.json", text) end
    variables = variables or {}
    variables.DOCKER_CONFIG = directory
    with_environment(variables)
    return config.load()
  end

  it("is empty without a file", function()
    assert.is_nil(config.credentials(load(), "ghcr.io"))
  end)

  it("reads the home directory's file", function()
    temporary.write(directory .. "/.docker/config.json", '{"currentContext":"x"}')
    with_environment{ HOME = directory }
    assert.are.equal("x", config.load().currentContext)
  end)

  it("takes auths apart", function()
    local loaded = load(json.encode{ auths = {
      ["ghcr.io"] = { auth = base64("me:a:b\0\0") },
      ["https://r.io/v2/"] = { auth = base64("you:" .. SECRET) },
      ["t.io"] = { identitytoken = "tok", auth = "" }, ["e.io"] = {},
    } })
    assert.are.same({ username = "me", password = "a:b" }, config.credentials(loaded, "ghcr.io"))
    assert.are.same({ username = "you", password = SECRET }, config.credentials(loaded, "r.io"))
    assert.are.same({ identitytoken = "tok" }, config.credentials(loaded, "t.io"))
    assert.is_nil(config.credentials(loaded, "e.io"))
    assert.is_nil(config.credentials(loaded, "other.io"))
  end)

  it("finds Docker Hub under its old name", function()
    local loaded = load(('{"auths":{"https://index.docker.io/v1/":{"auth":%q}}}'):format(base64("me:x")))
    for _, host in ipairs{ "docker.io", "registry-1.docker.io", "index.docker.io" } do
      assert.are.equal("me", config.credentials(loaded, host).username)
    end
  end)

  it("lets DOCKER_AUTH_CONFIG go before the file", function()
    local loaded = load(('{"credsStore":"absent","auths":{"a.io":{"auth":%q}}}'):format(base64("file:x")), {
      DOCKER_AUTH_CONFIG = ('{"auths":{"a.io":{"auth":%q}}}'):format(base64("variable:x")),
    })
    assert.are.equal("variable", config.credentials(loaded, "a.io").username)
  end)

  it("is stopped by a broken DOCKER_AUTH_CONFIG only where credentials are wanted", function()
    local loaded = load("{}", { DOCKER_AUTH_CONFIG = SECRET })
    local failure = raised(config.credentials, loaded, "a.io")
    assert.are.equal("config", failure.exit)
    assert.is_truthy(failure.hint:find("DOCKER_AUTH_CONFIG", 1, true))
    assert.is_nil(tostring(failure):find(SECRET, 1, true))
  end)

  describe("that cannot be used", function()
    local warn, said = progress.warn, nil

    before_each(function()
      said = {}
      progress.warn = function(words) said[#said + 1] = words end
    end)

    after_each(function() progress.warn = warn end)

    local CASES <const> = {
      ["0 bytes"] = "", ["a blank"] = " \n", whole = "{}", null = "null", list = "[]",
      cut = '{"auths": {"r.io": {"auth":"' .. SECRET, ["a byte order mark"] = "\239\187\191{}",
      text = SECRET, directory = false,
    }

    -- Whether the Docker command warns of it.
    local function docker_warns()
      local done = run({ "docker", "version", "--format", "x" }, {
        timeout = 30, env = { DOCKER_CONFIG = directory },
      })
      return done.stderr:find("WARNING: Error", 1, true) ~= nil
    end

    for name, content in pairs(CASES) do
      it(("is passed over as by the Docker command: %s"):format(name), function()
        if not content then fs.mkdir_p(directory .. "/config.json") end
        local loaded = load(content or nil)
        assert.same({}, loaded)
        assert.equal(docker_warns(), #said > 0, said[1])
        load(content or nil)
        assert.is_true(#said <= 1)
        for _, words in ipairs(said) do
          assert.matches(directory .. "/config.json", words, 1, true)
          assert.is_nil(words:find(SECRET, 1, true))
        end
        assert.is_nil(config.credentials(loaded, "r.io"))
        assert.equal(#said > 0, config.login_hint():find("repair or remove it", 1, true) ~= nil)
      end)
    end
  end)

  it("gives the proxies of an engine, else the default ones", function()
    local loaded = load(json.encode{ proxies = {
      default = { httpProxy = "http://d:1", noProxy = "a,b", ftpProxy = "", allProxy = 5 },
      ["tcp://far:2375"] = { httpsProxy = "http://f:1" },
    } })
    local default = { HTTP_PROXY = "http://d:1", http_proxy = "http://d:1", NO_PROXY = "a,b", no_proxy = "a,b" }
    assert.same(default, config.with_proxies(loaded, "unix:///var/run/docker.sock", {}))
    default.HTTP_PROXY, default.A = "", "1"
    assert.same(default, config.with_proxies(loaded, "unix:///x", { HTTP_PROXY = "", A = "1" }))
    local far = { HTTPS_PROXY = "http://f:1", https_proxy = "http://f:1" }
    assert.same(far, config.with_proxies(loaded, "tcp://far:2375", {}))
    assert.same(far, config.with_proxies(loaded, "far:2375", {}))
    for _, text in ipairs{ "{}", '{"proxies":5}', '{"proxies":{"default":null}}' } do
      assert.same({ A = "1" }, config.with_proxies(load(text), "unix:///x", { A = "1" }))
    end
  end)

  it("gives the headers of requests to the engine", function()
    local loaded = load('{"HttpHeaders":{"X-B":"2","X-A":"1","user-agent":"x","X-C":"","X-D":5}}')
    assert.same({ "X-A: 1", "X-B: 2" }, config.headers(loaded))
    assert.same({}, config.headers(load('{"HttpHeaders":null}')))
    local failure = raised(config.headers, load(json.encode{ HttpHeaders = { ["X-A"] = SECRET .. "\r\nB: c" } }))
    assert.equal("config", failure.exit)
    assert.is_nil(tostring(failure):find(SECRET, 1, true))
  end)

  describe("with helper programs", function()
    local function helper(name, script)
      local path = ("%s/docker-credential-%s"):format(directory, name)
      temporary.write(path, "#!/bin/sh\n" .. script)
      run({ "chmod", "+x", path }, { timeout = 5 })
    end

    before_each(function()
      proc.run = function(argv, options)
        return run({ directory .. "/" .. argv[1], argv[2] }, options)
      end
    end)

    after_each(function() proc.run = run end)

    it("asks the helper of the registry, else the store", function()
      helper("one", [[read server; printf '{"Username":"one","Secret":"%s"}' "$server"]])
      helper("all", [[printf '{"Username":"<token>","Secret":"tok"}']])
      local loaded = load('{"credsStore":"all","credHelpers":{"r.io":"one"},"auths":{"x.io":{}}}')
      assert.are.same({ username = "one", password = "r.io" }, config.credentials(loaded, "r.io"))
      assert.are.same({ identitytoken = "tok" }, config.credentials(loaded, "x.io"))
    end)

    it("takes a helper that knows nothing for anonymous", function()
      helper("all", "echo 'credentials not found in native keychain'; exit 1")
      assert.is_nil(config.credentials(load('{"credsStore":"all"}'), "r.io"))
    end)

    it("says what a helper that fails said", function()
      helper("all", "echo 'the keychain is locked' >&2; exit 1")
      local failure = raised(config.credentials, load('{"credsStore":"all"}'), "r.io")
      assert.are.equal("denied", failure.kind)
      assert.is_truthy(failure.message:find("docker-credential-all gave nothing for r.io: "
        .. "the keychain is locked", 1, true))
    end)

    it("names a helper that is not there", function()
      local failure = raised(config.credentials, load('{"credsStore":"absent"}'), "r.io")
      assert.is_truthy(failure.message:find("docker-credential-absent", 1, true))
    end)

    it("does not show a helper's answer that is no JSON", function()
      helper("all", "echo " .. SECRET)
      local failure = raised(config.credentials, load('{"credsStore":"all"}'), "r.io")
      assert.is_nil(tostring(failure):find(SECRET, 1, true))
    end)
  end)

  it("masks what it sent, in each form that may come back", function()
    local header = config.header({ username = "me", password = "p?>~word" }, "r.io")
    for _, sent in ipairs{ header, "p?>~word", "bWU6cD8+fndvcmQ=" } do
      assert.are.equal("got ***", secrets.masked("got " .. sent))
    end
  end)

  it("writes headers padded and url-safe", function()
    assert.are.equal("e30=", config.header(nil, "r.io"))
    local header = config.header({ username = "me", password = "??>>" }, "r.io")
    assert.is_nil(header:find("[+/]"))
    assert.are.equal(0, #header % 4)
  end)
end)
