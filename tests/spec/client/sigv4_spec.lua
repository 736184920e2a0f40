--- Signatures of requests to object storage, held to AWS's own signer.
local json = require("os2.json")
local proc = require("os2.proc")
local sigv4 = require("os2.client.sigv4")

-- Characters that URLs, S3 and libcurl treat each in their own way, and some of several bytes.
local ODD <const> = {
  "+", ":", "@", "(", ")", "~", "!", "'", "*", ",", ";", "=", "$", "&", "%", "#", "?", "[", "]",
  "{", "}", "|", "\\", "^", "`", '"', "<", ">", " ", "-", "_", ".", "ü", "漢", "🙂", "\t", "%7E",
  "%2F", "a", "Z", "0",
}

local function paths()
  local list = {}
  for _, one in ipairs(ODD) do
    list[#list + 1] = "/bucket/" .. one .. "/context.tar"
    list[#list + 1] = "/" .. one .. one .. "x"
    for offset = 1, 4 do
      local other = ODD[(#list * offset + offset) % #ODD + 1]
      list[#list + 1] = ("/b/%sx%s/%s"):format(one, other, other)
    end
  end
  return list
end

describe("os2.client.sigv4", function()
  it("signs as AWS's own signer, whatever is in the path", function()
    local asked, own = {}, {}
    for index, path in ipairs(paths()) do
      local request = {
        method = index % 2 == 0 and "PUT" or "HEAD", path = path, host = "h.example:9000",
        time = 1700000000 + index, payload = ("%064x"):format(index), access = "AKID" .. index,
        secret = "s/+=" .. index, token = index % 3 > 0 and "token/+=" or nil,
        region = index % 5 == 0 and "eu-central-1" or "us-east-1",
      }
      asked[index] = json.encode(request)
      own[index] = sigv4.headers({
        method = request.method, host = request.host, path = sigv4.encode_path(path),
        payload_hash = request.payload,
      }, {
        access_key = request.access, secret = request.secret, session_token = request.token,
        region = request.region, service = "s3",
      }, request.time).authorization
    end
    local ran = proc.run({ "node", "tests/lib/aws-signer.js" }, {
      timeout = 60, input = table.concat(asked, "\n") .. "\n",
    })
    assert.equal(0, ran.code, ran.stderr)
    assert.is_true(#own >= 200)
    local index = 0
    for line in ran.stdout:gmatch("[^\n]+") do
      index = index + 1
      assert.equal(line, own[index], asked[index])
    end
    assert.equal(#own, index)
  end)
end)
