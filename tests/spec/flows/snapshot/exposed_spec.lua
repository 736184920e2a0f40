--- What in an image's history looks like a secret.
local exposed = require("os2.flows.snapshot.exposed")

-- The instructions as the engine lists them, the newest first.
local function found_in(instructions, own)
  local history, list = {}, {}
  for index, text in ipairs(instructions) do history[index] = { CreatedBy = text, Size = 0 } end
  for index, finding in ipairs(exposed.find(history, own)) do
    list[index] = ("%s %s %s"):format(finding.kind, finding.name, tostring(finding.is_own))
  end
  return list
end

describe("os2.flows.snapshot.exposed", function()
  local rows = {
    ["COPY .env /app/ # buildkit"] = "file .env",
    ["COPY id_rsa id_rsa.pub /root/.ssh/ # buildkit"] = "file id_rsa",
    ["ADD keys/server.pem /etc/ # buildkit"] = "file keys/server.pem",
    ["/bin/sh -c #(nop) COPY file:0123 in /app/.npmrc "] = "file /app/.npmrc",
    ["ENV API_TOKEN=abc PLAIN=x"] = "variable API_TOKEN",
    ["/bin/sh -c #(nop)  ENV DB_PASSWORD=x"] = "variable DB_PASSWORD",
    ["ARG NPM_TOKEN=abc"] = "argument NPM_TOKEN",
    ["RUN |2 A=1 NPM_TOKEN=abc /bin/sh -c make # buildkit"] = "argument NPM_TOKEN",
    ["|1 NPM_TOKEN=abc /bin/sh -c make"] = "argument NPM_TOKEN",
  }
  for instruction, expected in pairs(rows) do
    it("finds " .. expected .. " in " .. instruction, function()
      assert.same({ expected .. " nil" }, found_in{ instruction })
    end)
  end

  for _, instruction in ipairs{
    "COPY . /app # buildkit", "COPY environment.env.js /x # buildkit", "ARG NPM_TOKEN", "ENV A_TOKEN=",
    "RUN /bin/sh -c cat .env # buildkit", "CMD [\"id_rsa\"]", "", "LABEL my.key=x",
  } do
    it("finds nothing in " .. instruction, function() assert.same({}, found_in{ instruction }) end)
  end

  it("tells the Dockerfile's own from the base image's, and names each once", function()
    assert.same({ "variable A_KEY true", "variable GPG_KEY false" }, found_in({
      "ENV A_KEY=1", "RUN x", "ENV GPG_KEY=0", "ENV A_KEY=0",
    }, 2))
  end)

  it("passes over entries of another shape, and shows no value", function()
    assert.same({}, exposed.find({ 1, {}, { CreatedBy = 7 } }))
    local finding = exposed.find{ { CreatedBy = "ENV A_TOKEN=hidden" } }[1]
    assert.equal("ENV", finding.instruction)
  end)
end)
