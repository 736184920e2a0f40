--- What -v says of a request: enough to know it by, nothing that may be a secret.
local request_log = require("os2.client.request_log")

describe("os2.client.request_log", function()
  it("shows what is asked for", function()
    for _, target in ipairs{ "/snapshots", "/snapshots?name=dev--&sort=createdAt&order=desc&limit=200" } do
      assert.equal(target, request_log.target(target))
    end
  end)

  it("shows of other values only that they are there", function()
    assert.equal("/build?t=a%3A1&buildargs=***&token=***",
      request_log.target("/build?t=a%3A1&buildargs=%7B%22TOKEN%22%3A%22x%22%7D&token=x"))
    assert.equal("/x?flag=***", request_log.target("/x?flag"))
    assert.equal("/x?name=a=b", request_log.target("/x?name=a=b"))
  end)

  it("shows the row's path where a token stands in it", function()
    assert.equal("/preview/{id}/validate/{authToken}",
      request_log.target("/preview/7/validate/secret", "/preview/{id}/validate/{authToken}"))
    assert.equal("/sandbox/7", request_log.target("/sandbox/7", "/sandbox/{sandboxIdOrName}"))
  end)
end)
