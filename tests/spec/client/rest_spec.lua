--- The table-driven client: targets, bodies, what a call refuses before it is sent.
local err = require("os2.err")
local failure_of = require("tests.lib.failure_of")
local host_daytona = require("host.daytona")
local host_docker = require("host.docker")
local json = require("os2.json")
local rest = require("os2.client.rest")

local ID <const> = "12345678-90ab-4def-8123-4567890abcde"

describe("the target of an operation", function()
  local function target(module, name, ...) return module.target(name, { ... }) end

  local cases = {
    { host_daytona, "get_current_api_key", {}, "/api-keys/current" },
    { host_daytona, "get_snapshot", { { "id", "a/b:1" } }, "/snapshots/a%2Fb%3A1" },
    { host_daytona, "get_snapshot", { { "id", "ü %?#&" } }, "/snapshots/%C3%BC%20%25%3F%23%26" },
    { host_daytona, "get_snapshot", { { "id", "A-z.0_9~" } }, "/snapshots/A-z.0_9~" },
    { host_daytona, "remove_snapshot", { { "id", ID } }, "/snapshots/" .. ID },
    { host_daytona, "activate_snapshot", { { "id", ID:upper() } }, "/snapshots/" .. ID:upper() .. "/activate" },
    { host_daytona, "get_all_snapshots", { { "name", "a b" }, { "limit", "5" } },
      "/snapshots?name=a%20b&limit=5" },
    { host_daytona, "get_all_snapshots", { { "name", "a" }, { "name", "b&c=d" } },
      "/snapshots?name=a&name=b%26c%3Dd" },
    { host_daytona, "get_all_snapshots", { { "name", "" } }, "/snapshots?name=" },
    { host_daytona, "get_organization_audit_logs",
      { { "organizationId", "o" }, { "action[in]", "a" }, { "action[in]", "b" }, { "page", "1" } },
      "/audit/organizations/o?action%5Bin%5D=a&action%5Bin%5D=b&page=1" },
    { host_docker, "image_inspect", { { "name", "host:5000/a/b@sha256:0" } },
      "/images/host:5000/a/b@sha256:0/json" },
  }
  for _, case in ipairs(cases) do
    local module, name, params, wanted = table.unpack(case)
    it(wanted, function() assert.equal(wanted, module.target(name, params)) end)
  end

  it("is refused with the reason", function()
    for message, params in pairs{
      ["'id' is missing"] = {},
      ["id 'dev' is not a UUID"] = { { "id", "dev" } },
      ["id '" .. ID .. "0' is not a UUID"] = { { "id", ID .. "0" } },
      ["'name' is not a parameter of remove_snapshot"] = { { "id", ID }, { "name", "x" } },
    } do
      local found, failure = host_daytona.target("remove_snapshot", params)
      assert.same({ nil, "invalid" }, { found, failure.kind })
      assert.matches(message, failure.message, 1, true)
    end
    for _, id in ipairs{ "", ".", ".." } do
      assert.equal("invalid", select(2, target(host_daytona, "get_snapshot", { "id", id })).kind)
    end
  end)

  it("raises misuse of the binding itself", function()
    for _, params in ipairs{ { "x" }, { { "id" } }, { { 1, "x" } }, { { "id", 1 } } } do
      failure_of(host_daytona.target, "get_snapshot", params)
    end
    failure_of(host_daytona.target, "nothing", {})
  end)
end)

describe("a client", function()
  local sent, answer, client

  before_each(function()
    sent = nil
    answer = { status = 200, headers = { ["content-type"] = "application/json" }, body = '{"a":1}' }
    client = rest.client{
      name = "docker", module = host_docker, timeout = "timeouts.engine",
      headers = function() return { "X-A: 1" } end,
      url = function(target) return "http://engine" .. target end,
      classify = function(op, response) return { op = op, status = response.status } end,
      send = function(request)
        sent = request
        return answer
      end,
    }
  end)

  it("sends lists as repeated keys and tables as JSON", function()
    client.api.image_list{ all = true, filters = { label = { "a=b" } } }
    assert.same({ "GET", 'http://engine/images/json?all=true&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D' },
      { sent.method, sent.url })
    client.api.image_push{ name = "a/b", tag = "1" }
    assert.equal("http://engine/images/a/b/push?tag=1", sent.url)
    client.api.image_search{ term = "a", limit = 3, filters = {} }
    assert.equal("http://engine/images/search?filters=%7B%7D&limit=3&term=a", sent.url)
    client.api.image_get_all{ names = { "c", "a", "b" } }
    assert.equal("http://engine/images/get?names=c&names=a&names=b", sent.url)
    client.api.build_prune{ filters = {} }
    assert.equal("http://engine/build/prune?filters=%7B%7D", sent.url)
  end)

  it("sends headers, deadlines and limits", function()
    client.api.image_list({}, { timeout = 3, headers = { B = "2" } })
    assert.same({ { "X-A: 1", "B: 2" }, 3 }, { sent.headers, sent.timeout })
    assert.is_true(sent.connect_timeout > 0 and sent.response_limit > 0)
    client.api.image_list()
    assert.is_true(sent.timeout > 0)
  end)

  it("takes less of an answer that it decodes, and says which policy sets how much", function()
    client.api.image_list()
    assert.equal(8 * 1024 * 1024, sent.response_limit)
    client.api.image_get_all{ names = { "a" } }
    assert.equal(64 * 1024 * 1024, sent.response_limit)
    client.send = function()
      return nil, err.new{ kind = "protocol", op = "http", message = "the body is over the limit of 8" }
    end
    local failure = failure_of(client.api.image_list)
    assert.equal("policy http.json_limit sets the limit", failure.hint)
  end)

  it("gives the value and the response", function()
    local value, response = client.api.image_list()
    assert.same({ 1, 200 }, { value.a, response.status })
    answer = { status = 200, headers = { ["content-type"] = "text/plain" }, body = "OK" }
    assert.equal("OK", (client.api.image_list()))
    answer = { status = 204, headers = {}, body = "" }
    assert.is_true((client.api.image_list()))
    answer = { status = 200, headers = { ["content-type"] = "application/problem+json" }, body = "{" }
    assert.same({ "protocol", "docker.image_list" },
      { failure_of(client.api.image_list).kind, failure_of(client.api.image_list).op })
  end)

  it("raises what an answer of 300 or above means", function()
    for _, status in ipairs{ 300, 304, 404, 500 } do
      answer = { status = status, headers = {}, body = "" }
      assert.same({ op = "docker.image_list", status = status }, failure_of(client.api.image_list))
    end
  end)

  it("takes 304 for a success where it is described as one", function()
    answer = { status = 304, headers = {}, body = "" }
    assert.is_true((client.api.container_start{ id = "x" }))
    assert.is_true((client.api.container_stop{ id = "x" }))
    assert.equal(304, failure_of(client.api.container_kill, { id = "x" }).status)
  end)

  it("sends bytes as the body where no JSON is asked for", function()
    client.api.put_container_archive({ id = "x", path = "/tmp" }, { body = "tar" })
    assert.same({ "tar", "Content-Type: application/x-tar" }, { sent.body, sent.headers[2] })
    client.api.image_build({ t = "a:1" }, { body = "tar", headers = { ["content-type"] = "application/gzip" } })
    assert.same({ "X-A: 1", "content-type: application/gzip" }, sent.headers)
    client.api.image_create{ fromImage = "a" }
    assert.same({ "X-A: 1" }, sent.headers)
    assert.matches("made of its fields", failure_of(client.api.container_create, {}, { body = "x" }))
    assert.matches("must be a string", failure_of(client.api.image_load, {}, { body = {} }))
  end)

  it("gives lines as they came", function()
    answer = { status = 200, headers = { ["content-type"] = "application/json" }, body = '{"a":1}\n{"b":2}\n' }
    assert.equal(answer.body, (client.api.image_push{ name = "a" }))
  end)

  it("sends a request whose answer is taken later", function()
    local taken = {}
    client.start = function(request)
      sent = request
      return {
        result = function() return answer end,
        close = function() taken.is_closed = true end,
      }
    end
    client.observed = function(response) taken.response = response end
    local op, later = client.api.image_list({ all = true }, { is_later = true, fields = { a = true } })
    assert.same({ "http://engine/images/json?all=true", {} }, { sent.url, taken })
    assert.is_function(op.result)
    answer.body = '{"a":1,"b":2}'
    local value, response = later:take()
    assert.same({ { a = 1 }, answer }, { value, response })
    assert.same({ is_closed = true, response = answer }, taken)
    answer = { status = 404, headers = {}, body = "" }
    later = select(2, client.api.image_list({}, { is_later = true }))
    assert.same({ op = "docker.image_list", status = 404 }, failure_of(later.take, later))
    client.start = function() return nil, err.new{ kind = "invalid", op = "http", message = "no" } end
    assert.equal("no", failure_of(client.api.image_list, {}, { is_later = true }).message)
  end)

  it("goes through pages where there are some", function()
    assert.matches("has no pages", failure_of(function() client.each.image_list() end))
    assert.matches("no operation 'image_lst'", failure_of(function() return client.each.image_lst end))
  end)

  it("the hatch builds its own query and body", function()
    client:request("POST", "/x", { query = { b = "ü", a = { 1 } }, body = { list = json.array() } })
    assert.same({ "POST", "http://engine/x?a=%5B1%5D&b=%C3%BC", '{"list":[]}' },
      { sent.method, sent.url, sent.body })
    client:request("POST", "/x", { body = "text" })
    assert.equal("text", sent.body)
  end)

  it("the hatch takes no method that holds more than letters", function()
    for _, method in ipairs{ "GET / HTTP/1.1\r\nX: 1", "", "G T" } do
      assert.matches("rest_spec.lua:%d+: docker.request: .* is no method", failure_of(function()
        client:request(method, "/x")
      end))
    end
    assert.is_nil(sent)
  end)

  it("names the nearest of what it takes", function()
    assert.matches("rest_spec.lua:%d+: docker.image_list takes no 'filter'; .*filters", failure_of(function()
      client.api.image_list{ filter = {} }
    end))
    assert.is_nil(sent)
  end)
end)
