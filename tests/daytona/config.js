// config: what the tests can set about the stand-in, and what it starts with.
"use strict"

const MAIN = "70cac463-5492-4aa1-8fb7-5b9f19157e95"
const OTHER = "0b6f1c1e-6a55-4c0b-9a35-8d0e5d0a7c11"

const ALL = ["write:snapshots", "delete:snapshots", "write:sandboxes", "delete:sandboxes"]

function key(name, organization, permissions, more = {}) {
  const createdAt = "2026-01-01T00:00:00.000Z"
  const value = `dtn_test_key_${name}`
  return { name, value, organization, permissions, createdAt, expiresAt: null, jwt: false, ...more }
}

function defaultKeys() {
  return [
    key("full", MAIN, ALL),
    key("read", MAIN, []),
    key("expired", MAIN, ALL, { expiresAt: "2026-01-02T00:00:00.000Z" }),
    key("other", OTHER, ALL),
    key("jwt", MAIN, ALL, { value: "test.jwt.token", jwt: true }),
  ]
}

/**
 * A fresh configuration. Times are milliseconds, sizes GB.
 *
 * timetable: how long a snapshot or sandbox stays in each state; `retry` is how often a pending
 * snapshot looks for a runner. The real service takes 10 s for `removing` and `retry`.
 */
function defaultConfig() {
  return {
    version: "0.190.0",
    organizations: { main: MAIN, other: OTHER },
    keys: defaultKeys(),
    regions: ["us", "eu"],
    defaultRegion: "us",
    defaultSnapshot: "daytonaio/sandbox:0.6.0",
    proxyUrl: "http://localhost:14000",
    runnerReady: true,
    quota: 100,
    limits: { cpu: 100, memory: 100, disk: 100 },
    activationCooldown: 600000,
    timetable: {
      pending: 20,
      pulling: 20,
      building: 20,
      removing: 50,
      retry: 50,
      creating: 20,
      starting: 20,
      stopping: 20,
    },
    rateLimits: {
      authenticated: null,
      "sandbox-create": null,
      "sandbox-lifecycle": null,
      "failed-auth": null,
    },
    registry: { url: null, username: null, password: null, project: "daytona" },
    absentImages: [],
    outcomes: [],
  }
}

const MERGED = ["limits", "timetable", "rateLimits", "registry"]

function mergeInto(target, change, where) {
  for (const key of Object.keys(change)) {
    if (!(key in target)) throw new Error(`config: no key "${where}${key}"`)
  }
  Object.assign(target, change)
}

/**
 * Applies `change` to `config`: the nested tables key by key, everything else as a whole;
 * `permissions` is short for "give these keys these permissions". Throws on a key nobody reads.
 */
function applyConfig(config, change) {
  const { permissions = {}, ...rest } = change
  for (const name of MERGED) {
    if (!(name in rest)) continue
    mergeInto(config[name], rest[name], `${name}.`)
    delete rest[name]
  }
  mergeInto(config, rest, "")
  for (const [name, list] of Object.entries(permissions)) {
    const found = config.keys.find((candidate) => candidate.name === name)
    if (!found) throw new Error(`config: permissions: no key is named "${name}"`)
    found.permissions = list
  }
}

module.exports = { applyConfig, defaultConfig }
