--- The engine's words as error objects.
local err = require("os2.err")
local errors = require("os2.docker.errors")

local PLACE <const> = { kind = "unix", name = "unix:///x.sock" }

describe("os2.docker.errors.of_answer", function()
  local CASES <const> = {
    { 400, '{"message":"invalid reference format"}', "invalid", "invalid reference format" },
    { 400, "invalid tag\r\nformat", "invalid", "invalid tag format" },
    { 400, '{"message":"client version 1.51 is too old. Minimum supported API version is 1.60, '
      .. 'please upgrade your client to a newer version"}', "invalid",
      "os2 asked in API version 1.51, and the engine serves 1.60 and newer" },
    { 400, '{"message":"client version 1.51 is too new. Maximum supported API version is 1.41"}',
      "invalid", "os2 asked in API version 1.51, and the engine serves 1.41 and older" },
    { 400, "Client sent an HTTP request to an HTTPS server.\n", "invalid",
      "the engine uses TLS and the request did not" },
    { 404, '{"message":"No such image: x"}', "not_found", "No such image: x" },
    { 409, '{"message":"conflict: in use"}', "conflict", "conflict: in use" },
    { 500, '{"message":"unauthorized: authentication required"}', "denied",
      "unauthorized: authentication required" },
    { 500, '{"message":"write /x: no space left on device"}', "quota",
      "write /x: no space left on device" },
    { 500, '{"message":"oh no"}', "protocol", "oh no" },
    { 500, '{"message":"received unexpected HTTP status: 502 Bad Gateway"}', "unavailable",
      "received unexpected HTTP status: 502 Bad Gateway" },
    { 502, "<html>bad</html>", "unavailable", "<html>bad</html>" },
    { 503, "", "unavailable", "the engine answered 503 without a message" },
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

  -- As engines of version 20.10 to 28 say it, and Podman.
  local HEAD <const> = 'Head "http://127.0.0.1:5000/v2/x/manifests/1": '
  local METADATA <const> = "[internal] load metadata for r.io/a:1"
  local CASES <const> = {
    { "pulling from host r.io failed with status code [manifests 1]: 429 Too Many Requests", "unavailable" },
    { "pulling from host r.io failed with status code [manifests 1]: 500 Internal Server Error", "unavailable" },
    { "failed to resolve source metadata for r.io/a:1: unexpected status from HEAD request to "
      .. "https://r.io:443/v2/a/manifests/1: 503 Service Unavailable", "unavailable" },
    { "unexpected status from HEAD request to https://r.io:443/v2/a/manifests/1: 502 Bad Gateway", "unavailable" },
    { "failed to authorize: failed to fetch anonymous token: unexpected status: 504 Gateway Timeout", "unavailable" },
    { "received unexpected HTTP status: 503 Service Unavailable", "unavailable" },
    { 'error parsing HTTP 429 response body: invalid character \'<\': "<html>fix 401</html>"', "unavailable" },
    { "failed to do request: " .. HEAD .. "EOF", "network" },
    { "EOF", "network" },
    { "write tcp: broken pipe", "network" },
    { "dial tcp: lookup r.io: no such host", "network" },
    { "failed to solve: r.io/a:1: 401 Unauthorized", "denied" },
    { "unexpected status from HEAD request to https://r.io/v2/: 403 Forbidden", "denied" },
    { "r.io/a:1: not found", "invalid" },
    { "manifest for r.io/a:1 not found: manifest unknown", "invalid" },
    { "no match for platform in manifest sha256:0: not found", "invalid" },
    { "write /x: no space left on device", "quota" },
    { "rpc error: code = Unavailable desc = error reading from server", "unavailable" },
    { "failed to mount overlay: invalid argument", "protocol" },
    { "dockerfile parse error line 2: unknown instruction: EOF", "invalid" },
    { "target stage x could not be found", "invalid" },
    { "secret npm: not found", "invalid" },
    { 'failed to calculate checksum of ref 500::x: "/a": not found', "invalid", "COPY a /" },
    { 'copier: stat: "/a": no such file or directory', "invalid", "ADD a /" },
    { 'copier: stat: "/a": no such file or directory', "protocol" },
  }

  for _, case in ipairs(CASES) do
    it(("takes %q for %s"):format(case[1], case[2]), function()
      local e = errors.of_build({ message = case[1] }, { name = case[3] or METADATA })
      local is_passing = case[2] == "network" or case[2] == "unavailable"
      assert.equal(case[2], e.kind)
      assert.equal(is_passing, e.retryable)
      assert.equal(is_passing, (e.hint or ""):find("run again in a while", 1, true) ~= nil)
    end)
  end

  it("says which step it was", function()
    local e = errors.of_build({ message = "failed to solve: r.io/a:1: 401 Unauthorized" }, { name = METADATA })
    assert.equal("load metadata for r.io/a:1: r.io/a:1: 401 Unauthorized", e.message)
    assert.matches("docker login", e.hint, 1, true)
  end)
end)

describe("os2.docker.errors.of_registry", function()
  it("goes by the registry's status, then by the words", function()
    for message, kind in pairs{
      ["received unexpected HTTP status: 500 Internal Server Error"] = "unavailable",
      ['error parsing HTTP 503 response body: invalid character: "<html>denied</html>"'] = "unavailable",
      ["toomanyrequests: You have reached your pull rate limit"] = "unavailable",
      ["EOF"] = "network", ["denied: requested access to the resource is denied"] = "denied",
      ["error parsing HTTP 403 response body: unexpected end of JSON input"] = "denied",
      ["unknown: what nobody knows"] = "protocol",
    } do
      local e = errors.of_registry("docker.push", message, "push r.io/a:1", false)
      assert.equal(kind, e.kind, message)
      assert.equal("push r.io/a:1: " .. message, e.message)
    end
  end)
end)

describe("os2.docker.errors.of_connection", function()
  local function make(kind, place, message, is_sent)
    local e = err.new{ kind = kind, op = "http", message = message or "as curl says" }
    e.is_sent = is_sent
    return errors.of_connection(e, place or PLACE, "docker.ping")
  end

  it("names the place and the way on", function()
    assert.are.equal("docker.ping: no Docker engine answers at unix:///x.sock; start the engine "
      .. "(systemctl start docker, or dockerd), or set DOCKER_HOST", tostring(make("unavailable")))
    assert.is_truthy(make("denied").message:find("may not use the Docker engine at unix:///x.sock"))
    assert.is_truthy(make("network").message:find("was lost: as curl says", 1, true))
    assert.are.equal("as curl says", make("timeout").message)
  end)

  it("tells TLS that does not fit from a lost connection", function()
    local tls = { kind = "tls", name = "tcp://far:2376", route = {} }
    for _, case in ipairs{
      { "denied", "unable to get local issuer certificate", "the certificates do not fit" },
      { "network", "SSL_read: tlsv13 alert certificate required", "the certificates do not fit" },
      { "network", "SSL_connect: wrong version number", "does not use TLS" },
    } do
      local failure = make(case[1], tls, case[2], true)
      assert.equal("denied", failure.kind)
      assert.matches(case[3], failure.message, 1, true)
      assert.is_nil(failure.retryable)
    end
    local lost = make("network", tls, "Connection reset by peer", true)
    assert.equal("network", lost.kind)
    assert.matches("DOCKER_CERT_PATH", lost.hint, 1, true)
    assert.matches("no Docker engine answers at tcp://far:2376: no route",
      make("network", tls, "no route to host", false).message, 1, true)
  end)

  it("says what ssh, or the command on the other side, ended with", function()
    local ssh = { kind = "ssh", name = "ssh://far", route = { command = { "ssh", "--", "far" } } }
    for _, case in ipairs{
      { "exit code 255: ssh: connect to host far: refused", "unavailable", "try the command in a terminal" },
      { "exit code 255: me@far: Permission denied (publickey).", "denied", "ssh -- far" },
      { "exit code 255: Host key verification failed.", "denied", "ssh -- far" },
      { "exit code 127: sh: docker: not found", "unavailable", "install the docker command" },
      { "exit code 1: cannot connect to the daemon", "unavailable", "see what it says by hand" },
    } do
      local failure = make("unavailable", ssh, "ssh ended with " .. case[1])
      assert.equal(case[2], failure.kind)
      assert.equal(case[2] == "unavailable", failure.retryable)
      assert.matches(case[3], failure.hint, 1, true)
      assert.matches("no Docker engine answers at ssh://far: ssh ended with " .. case[1],
        failure.message, 1, true)
    end
    local missing = make("not_found", ssh, "cannot start ssh: no such file or directory")
    assert.equal("config", missing.exit)
  end)
end)
