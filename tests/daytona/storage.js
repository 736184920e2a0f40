// storage: push access to the object storage build contexts go to.
"use strict"

const crypto = require("node:crypto")
const { proxyUrl } = require("./addresses")

/** Credentials of the right shape; nothing answers at the storage's address. */
function getPushAccess(call) {
  return {
    accessKey: `ASIA${crypto.randomBytes(8).toString("hex").toUpperCase()}`,
    secret: crypto.randomBytes(20).toString("base64url"),
    sessionToken: crypto.randomBytes(40).toString("base64url"),
    storageUrl: `${proxyUrl(call.world)}/storage`,
    organizationId: call.organization,
    bucket: "daytona",
  }
}

module.exports = { handlers: { getPushAccess } }
