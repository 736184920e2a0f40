// service: the two public operations, health and config.
"use strict"

const { previewTemplate, proxyUrl, toolboxUrl } = require("./addresses")

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
    }
  },
}

module.exports = { handlers }
