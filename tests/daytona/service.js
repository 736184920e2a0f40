// service: the two public operations, health and config.
"use strict"

const { previewTemplate, proxyUrl, toolboxUrl } = require("./addresses")

/** The limits that are set, by their names in answers. */
function rateLimitOf({ rateLimits }) {
  const shown = {
    failedAuth: rateLimits["failed-auth"],
    authenticated: rateLimits.authenticated,
    sandboxCreate: rateLimits["sandbox-create"],
    sandboxLifecycle: rateLimits["sandbox-lifecycle"],
  }
  return Object.fromEntries(Object.entries(shown).map(([name, limit]) => [name, limit ?? {}]))
}

const handlers = {
  HealthController_live: () => ({ status: "ok" }),

  ConfigController_getConfig({ world }) {
    const { version, defaultSnapshot } = world.config
    return {
      version,
      oidc: { issuer: "http://localhost/oidc", clientId: "daytona", audience: "daytona" },
      linkedAccountsEnabled: false,
      announcements: {},
      proxyTemplateUrl: previewTemplate(world),
      proxyToolboxUrl: toolboxUrl(world),
      defaultSnapshot,
      dashboardUrl: `${proxyUrl(world)}/dashboard`,
      maxAutoArchiveInterval: 43200,
      maintananceMode: false,
      environment: "test",
      rateLimit: rateLimitOf(world.config),
    }
  },
}

module.exports = { handlers }
