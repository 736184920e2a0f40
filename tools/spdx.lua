--- Writes the list of what os2 is made of (SPDX 2.3, JSON): `os2 --isolated tools/spdx.lua FILE`.
--- It is made from the table in vendor/README.md and the versions of the Debian packages that are
--- installed. Its time is SOURCE_DATE_EPOCH, so that the same build gives the same list.
local env = require("os2.env")
local fs = require("os2.fs")
local hash = require("os2.hash")
local ordered = require("os2.cli.ordered")
local proc = require("os2.proc")

local ROOT <const> = (arg[0]:match("^(.*)/[^/]*$") or ".") .. "/.."
local OWN_LICENSE <const> = "MIT"
local QUERY_SECONDS <const> = 30

-- The note at a licence in the table, as SPDX has no name for the exception.
local WITH_EXCEPTION <const> = {
  id = "LicenseRef-libgit2", name = "GPL-2.0-only with libgit2's linking exception",
  text = "GPL-2.0-only, with unlimited permission to link the compiled library into combinations "
    .. "with other programs, and to distribute those combinations.",
}

local function version_of(package)
  local argv = { "dpkg-query", "-W", "-f=${Version}", package }
  local result = proc.run(argv, { timeout = QUERY_SECONDS })
  return result.code == 0 and result.stdout or nil
end

local function license_of(cell)
  local name, note = cell:match("^(%S+)%s*(.-)$")
  return note == "" and name or WITH_EXCEPTION.id
end

local function library(name, package, license)
  return {
    SPDXID = "SPDXRef-" .. name:gsub("[^%w.-]", "-"), name = name,
    versionInfo = version_of(package), downloadLocation = "NOASSERTION", filesAnalyzed = false,
    licenseConcluded = license, licenseDeclared = license, copyrightText = "NOASSERTION",
    comment = "from the Debian package " .. package,
  }
end

local function libraries()
  local found = {}
  for line in fs.read(ROOT .. "/vendor/README.md"):gmatch("[^\n]+") do
    local name, package, _, license = line:match("^| (.-) | (.-) | (.-) | (.-) |$")
    if name and name ~= "library" then
      found[#found + 1] = library(name, package:match("^%S+"), license_of(license))
    end
  end
  assert(#found > 0, "vendor/README.md has no table of libraries")
  return found
end

local function relations(parts)
  local all = { {
    spdxElementId = "SPDXRef-DOCUMENT", relationshipType = "DESCRIBES",
    relatedSpdxElement = "SPDXRef-os2",
  } }
  for _, part in ipairs(parts) do
    all[#all + 1] = {
      spdxElementId = "SPDXRef-os2", relationshipType = "DEPENDS_ON",
      relatedSpdxElement = part.SPDXID,
    }
  end
  return all
end

local function document(parts)
  local version = require("os2").version
  local created = os.date("!%Y-%m-%dT%H:%M:%SZ", tonumber(env.get("SOURCE_DATE_EPOCH")))
  local own = {
    SPDXID = "SPDXRef-os2", name = "os2", versionInfo = version, downloadLocation = "NOASSERTION",
    filesAnalyzed = false, licenseConcluded = OWN_LICENSE, licenseDeclared = OWN_LICENSE,
    copyrightText = "2026 the os2 authors",
  }
  return {
    spdxVersion = "SPDX-2.3", dataLicense = "CC0-1.0", SPDXID = "SPDXRef-DOCUMENT",
    name = "os2-" .. version,
    -- a name of this very list, without any address: the digest of what it tells
    documentNamespace = "urn:os2:spdx:" .. hash.sha256(ordered.encode({ parts, created }, {})),
    creationInfo = { created = created, creators = { "Tool: os2-tools-spdx" } },
    packages = table.move(parts, 1, #parts, 2, { own }), relationships = relations(parts),
    hasExtractedLicensingInfos = { {
      licenseId = WITH_EXCEPTION.id, name = WITH_EXCEPTION.name,
      extractedText = WITH_EXCEPTION.text,
    } },
  }
end

local target = assert(arg[1], "usage: os2 --isolated tools/spdx.lua FILE")
local text = ordered.encode(document(libraries()), { "spdxVersion" }) .. "\n"
fs.write_atomic(target, text, { mode = tonumber("644", 8) })
