// webhooks: the operations under /webhooks: any key of the organization may call them.
"use strict"

const crypto = require("node:crypto")
const { ApiError, forbidden, notFound } = require("./errors")
const { now } = require("./lifecycle")
const { empty, Reply } = require("./reply")

/** Throws for another organization, and where the service has nobody to send webhooks. */
function check({ world, organization, params }) {
  if (params.organizationId !== organization) throw forbidden()
  if (!world.config.webhooks) throw new ApiError(503, "Webhook service is not configured")
}

function found(call) {
  check(call)
  const status = call.world.webhooks.get(call.organization)
  if (!status) throw notFound("Webhook initialization status not found")
  return status
}

function initialize(call) {
  check(call)
  const times = { createdAt: now(), updatedAt: now() }
  const fields = { svixApplicationId: `app_${crypto.randomUUID()}`, lastError: null, retryCount: 0 }
  const status = { organizationId: call.organization, ...fields, ...times }
  call.world.webhooks.set(call.organization, status)
  return new Reply(201, status)
}

function appPortalAccess(call) {
  found(call)
  const token = crypto.randomBytes(16).toString("hex")
  return new Reply(201, { token, url: `https://portal.invalid/login#key=${token}` })
}

const handlers = {
  WebhookController_getAppPortalAccess: appPortalAccess,
  WebhookController_getInitializationStatus: found,
  WebhookController_initializeWebhooks: initialize,
  WebhookController_refreshEndpoints: (call) => found(call) && empty(204),
}

module.exports = { handlers }
