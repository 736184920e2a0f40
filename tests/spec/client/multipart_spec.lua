--- Forms as bodies.
local failure_of = require("tests.lib.failure_of")
local multipart = require("os2.client.multipart")

describe("a form's body", function()
  it("is its parts between lines that none of them holds", function()
    local text, kind = multipart.encode("x", {
      { name = "a", data = "1" }, { name = "f", filename = "n", data = "\0\r\n" },
    })
    assert.equal("multipart/form-data; boundary=os2-part", kind)
    assert.equal('--os2-part\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
      .. '--os2-part\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n'
      .. "Content-Type: application/octet-stream\r\n\r\n\0\r\n\r\n--os2-part--\r\n", text)
    text, kind = multipart.encode("x", { { name = "a", data = "--os2-part--" } })
    local boundary = kind:match("boundary=(.+)")
    assert.are_not.equal("os2-part", boundary)
    assert.equal(("--%s--\r\n"):format(boundary), text:sub(-#boundary - 6))
  end)

  it("cannot be broken by a name", function()
    local text = multipart.encode("x", { { name = 'a"\r\nB: c', data = "" } })
    assert.truthy(text:find('name="a%22%0D%0AB: c"\r\n', 1, true))
  end)

  it("is refused for what is no part", function()
    for _, part in ipairs{ {}, { name = "a" }, { name = "a", data = 1 }, { name = "a", data = "", x = 1 }, "a" } do
      failure_of(multipart.encode, "x", { part })
    end
  end)
end)
